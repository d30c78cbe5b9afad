using Ebla.Primitives;

namespace Ebla.Operations.Restores;

/// <summary>Something that could not be restored as it was.</summary>
/// <param name="Path">Its path in the snapshot; of the first, where one problem stands for many.</param>
/// <param name="Message">What happened.</param>
public sealed record RestoreProblem(ByteName Path, string Message);
