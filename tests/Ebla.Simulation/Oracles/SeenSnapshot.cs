using Ebla.Primitives;
using Ebla.Snapshots;

namespace Ebla.Simulation.Oracles;

/// <summary>A snapshot that can be seen, with all the blobs below it.</summary>
internal sealed record SeenSnapshot(ObjectId Id, Snapshot Snapshot, HashSet<ShortId> Blobs);
