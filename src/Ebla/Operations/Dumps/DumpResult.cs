using Ebla.Primitives;

namespace Ebla.Operations.Dumps;

/// <summary>What a dump did.</summary>
/// <param name="SnapshotId">The snapshot.</param>
/// <param name="Entries">How many entries were written.</param>
/// <param name="Errors">How many problems were reported.</param>
public sealed record DumpResult(ObjectId SnapshotId, long Entries, long Errors);
