using Ebla.Primitives;

namespace Ebla.Snapshots;

/// <summary>The newest snapshot that a writer knew of another writer: so that a removal or rollback by the store shows.</summary>
public readonly record struct KnownWriter(MemberId Writer, ulong Sequence, ObjectId Snapshot);
