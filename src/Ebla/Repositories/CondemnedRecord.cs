using Ebla.Primitives;

namespace Ebla.Repositories;

/// <summary>What one prune said that it will delete.</summary>
internal sealed record CondemnedRecord(ObjectId Id, IReadOnlyList<ObjectId> Packs, IReadOnlyList<ObjectId> Snapshots);
