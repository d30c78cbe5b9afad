using Ebla.Keys;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Simulation.Stores;
using Ebla.Snapshots;

namespace Ebla.Simulation.Oracles;

/// <summary>
/// Watches a store at every change: a snapshot that counts never lacks a blob, from the moment at which it can be seen. It opens the
/// directory of each pack once, and counts copies; so a change costs what it touches.
/// </summary>
internal sealed class StoreOracle(string name, UnlockedKeys keys) : IStoreWatcher
{
    private readonly Dictionary<ObjectId, ShortId[]> _packs = [];
    private readonly Dictionary<ShortId, int> _copies = [];
    private readonly Dictionary<ShortId, ShortId[]> _links = [];
    private readonly Dictionary<ObjectId, SeenSnapshot> _snapshots = [];
    private readonly HashSet<ObjectId> _forgotten = [];
    private readonly HashSet<ObjectId> _promised = [];

    /// <summary>Snapshots that can be seen and that nobody forgot.</summary>
    public IEnumerable<SeenSnapshot> Counting => _snapshots.Values.Where(seen => !_forgotten.Contains(seen.Id));

    /// <summary>Snapshots that can be seen although they were forgotten.</summary>
    public IEnumerable<SeenSnapshot> Forgotten => _snapshots.Values.Where(seen => _forgotten.Contains(seen.Id));

    public bool IsForgotten(ObjectId snapshot) => _forgotten.Contains(snapshot);

    /// <summary>Blobs in packs that no snapshot needs which counts.</summary>
    public int CountUnused()
    {
        HashSet<ShortId> needed = [.. Counting.SelectMany(seen => seen.Blobs)];
        return _packs.Values.Sum(blobs => blobs.Count(blob => !needed.Contains(blob)));
    }

    /// <summary>Somebody is about to forget a snapshot: from now on it may go.</summary>
    public void Forget(ObjectId snapshot) => _ = _forgotten.Add(snapshot);

    /// <summary>Somebody was told that a snapshot counts again: then it is there, and whole, and stays.</summary>
    public void Undeleted(ObjectId snapshot, string by)
    {
        _ = _forgotten.Remove(snapshot);
        if (!_snapshots.TryGetValue(snapshot, out SeenSnapshot? seen))
        {
            throw new OracleException($"{by} was told that snapshot {Short(snapshot)} counts again, but it is not in {name}");
        }
        seen.Blobs.Clear();
        Gather(ShortId.Of(seen.Snapshot.Root), seen);
    }

    /// <summary>Somebody was told that this snapshot is committed: then it is promised.</summary>
    public void Committed(ObjectId snapshot, string by)
    {
        if (!_snapshots.ContainsKey(snapshot) || !_promised.Contains(snapshot))
        {
            if (!_forgotten.Contains(snapshot))
            {
                throw new OracleException($"{by} was told that snapshot {Short(snapshot)} is committed, but it is not durable in {name}");
            }
        }
    }

    public void Appeared(StoredObject stored)
    {
        if (stored.Name.Kind == ObjectKind.Snapshot)
        {
            Snapshot snapshot = SnapshotCodec.Open(keys, stored.Content);
            SeenSnapshot seen = new(stored.Name.Id, snapshot, []);
            _snapshots[seen.Id] = seen;
            Gather(ShortId.Of(snapshot.Root), seen);
        }
    }

    public void Promised(StoredObject stored)
    {
        if (stored.Name.Kind == ObjectKind.Snapshot)
        {
            _ = _promised.Add(stored.Name.Id);
        }
        else if (stored.Name.Kind == ObjectKind.Pack)
        {
            ShortId[] blobs = Open(stored.Content);
            _packs[stored.Name.Id] = blobs;
            foreach (ShortId blob in blobs)
            {
                _copies[blob] = _copies.GetValueOrDefault(blob) + 1;
            }
        }
    }

    public void Gone(StoredObject stored)
    {
        if (stored.Name.Kind == ObjectKind.Snapshot)
        {
            if (!_forgotten.Contains(stored.Name.Id))
            {
                throw new OracleException($"snapshot {Short(stored.Name.Id)} is gone from {name}, and nobody forgot it");
            }
            _ = _snapshots.Remove(stored.Name.Id);
            _ = _promised.Remove(stored.Name.Id);
        }
        else if (stored.Name.Kind == ObjectKind.Pack && _packs.Remove(stored.Name.Id, out ShortId[]? blobs))
        {
            HashSet<ShortId> lost = [];
            foreach (ShortId blob in blobs)
            {
                if (--_copies[blob] == 0)
                {
                    _ = lost.Add(blob);
                }
            }
            if (lost.Count > 0 && Counting.FirstOrDefault(seen => seen.Blobs.Overlaps(lost)) is { } hurt)
            {
                throw new OracleException(
                    $"pack {Short(stored.Name.Id)} is gone from {name}, and with it the last copy of a blob that snapshot "
                    + $"{Short(hurt.Id)} needs");
            }
        }
    }

    private void Gather(ShortId root, SeenSnapshot seen)
    {
        Stack<ShortId> waiting = new([root]);
        while (waiting.TryPop(out ShortId blob))
        {
            if (!seen.Blobs.Add(blob))
            {
                continue;
            }
            if (_copies.GetValueOrDefault(blob) == 0)
            {
                if (_forgotten.Contains(seen.Id))
                {
                    continue;
                }
                throw new OracleException(
                    $"snapshot {Short(seen.Id)} ({string.Join(',', seen.Snapshot.Tags)}) can be seen in {name}, but a blob of it is in no "
                    + "durable pack");
            }
            foreach (ShortId link in _links.GetValueOrDefault(blob) ?? [])
            {
                waiting.Push(link);
            }
        }
    }

    private ShortId[] Open(byte[] pack)
    {
        int size = PackCodec.ReadTrailer(pack.AsSpan(^PackCodec.TrailerSizeInBytes..), pack.Length);
        PackDirectory directory = PackCodec.OpenDirectory(
            keys, pack.AsSpan(0, PackCodec.FramesOffset), pack.AsSpan(pack.Length - PackCodec.TrailerSizeInBytes - size, size), pack.Length);
        List<ShortId> blobs = [];
        foreach (FrameRecord frame in directory.Frames)
        {
            for (int place = 0; place < frame.BlobCount; place++)
            {
                ShortId blob = ShortId.Of(frame.GetBlobId(place));
                blobs.Add(blob);
                if (frame.Kind == FrameKind.Tree)
                {
                    _links[blob] = [.. frame.LinksOf(place)];
                }
            }
        }
        return [.. blobs];
    }

    private static string Short(ObjectId id) => id.ToString()[..8];
}
