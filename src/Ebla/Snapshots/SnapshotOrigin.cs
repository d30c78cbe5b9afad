using Ebla.Primitives;

namespace Ebla.Snapshots;

/// <summary>Where a copied snapshot was first made: the repository, and its id there. A copy of a copy names the first.</summary>
public readonly record struct SnapshotOrigin(RepositoryId Repository, ObjectId Snapshot);
