using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Snapshots;

namespace Ebla.Operations.Copies;

/// <summary>The copies that the destination has, and the making of further ones. Not for concurrent use.</summary>
internal sealed class SnapshotCopies
{
    private readonly Repository _source;
    private readonly Repository _destination;
    private readonly Dictionary<SnapshotOrigin, StoredSnapshot> _present = [];
    private readonly Dictionary<MemberId, KnownWriter> _known;

    /// <summary>Takes note of what the destination has.</summary>
    public SnapshotCopies(Repository source, Repository destination, SnapshotList present)
    {
        _source = source;
        _destination = destination;
        foreach (StoredSnapshot stored in present.Snapshots)
        {
            _present[stored.Snapshot.Origin ?? new SnapshotOrigin(destination.Id, stored.Id)] = stored;
        }
        _known = present.NewestOfWriters().ToDictionary(known => known.Writer);
    }

    /// <summary>What the destination has of a snapshot of the source; null if it has not got it.</summary>
    public StoredSnapshot? Find(StoredSnapshot source) => _present.GetValueOrDefault(OriginOf(source));

    /// <summary>The copies of snapshots, in their order, each naming the one before as known.</summary>
    /// <param name="copied">Snapshots of the source, and the roots of their trees in the destination.</param>
    public IReadOnlyList<(ObjectName Name, byte[] Content)> Seal(IReadOnlyList<(StoredSnapshot Source, BlobId Root)> copied)
    {
        List<(ObjectName Name, byte[] Content)> all = [];
        foreach ((StoredSnapshot source, BlobId root) in copied)
        {
            MemberId writer = _destination.Keys.Member.Id;
            Snapshot copy = source.Snapshot with
            {
                Root = root,
                Writer = writer,
                Sequence = _known.TryGetValue(writer, out KnownWriter own) ? own.Sequence + 1 : 1,
                Known = [.. _known.Values.OrderBy(known => known.Writer.Value)],
                Origin = OriginOf(source),
            };
            (ObjectName Name, byte[] Content) made = SnapshotCodec.Seal(_destination.Keys, copy);
            _known[writer] = new KnownWriter(writer, copy.Sequence, made.Name.Id);
            _present[OriginOf(source)] = new StoredSnapshot(made.Name.Id, copy);
            all.Add(made);
        }
        return all;
    }

    // Of a copy of a copy, where the first was made: so copies find each other whatever ways they took.
    private SnapshotOrigin OriginOf(StoredSnapshot source)
        => source.Snapshot.Origin ?? new SnapshotOrigin(_source.Id, source.Id);
}
