using Ebla.Primitives;

namespace Ebla.Repositories;

/// <summary>What all condemned records name together. A name that is here stays for ever.</summary>
internal sealed record CondemnedNames(HashSet<ObjectId> Packs, HashSet<ObjectId> Snapshots)
{
    /// <summary>The records one by one, in no order.</summary>
    public List<CondemnedRecord> Records { get; } = [];

    public void Add(CondemnedRecord record)
    {
        Records.Add(record);
        Packs.UnionWith(record.Packs);
        Snapshots.UnionWith(record.Snapshots);
    }
}
