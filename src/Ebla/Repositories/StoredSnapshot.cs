using Ebla.Primitives;
using Ebla.Snapshots;

namespace Ebla.Repositories;

/// <summary>A snapshot and its name.</summary>
public sealed record StoredSnapshot(ObjectId Id, Snapshot Snapshot);
