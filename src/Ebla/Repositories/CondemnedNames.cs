using Ebla.Primitives;

namespace Ebla.Repositories;

/// <summary>What all condemned records name together. A name that is here stays for ever.</summary>
internal sealed record CondemnedNames(HashSet<ObjectId> Packs, HashSet<ObjectId> Snapshots);
