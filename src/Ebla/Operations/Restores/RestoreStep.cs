using Ebla.Primitives;

namespace Ebla.Operations.Restores;

/// <summary>What a dry run would do to one entry.</summary>
/// <param name="Path">Its path in the snapshot, or what that would be.</param>
/// <param name="Action">What.</param>
public sealed record RestoreStep(ByteName Path, RestoreAction Action);
