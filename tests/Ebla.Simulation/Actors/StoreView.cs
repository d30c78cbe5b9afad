using Ebla.Backends;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Sessions;
using Ebla.Snapshots;

namespace Ebla.Simulation.Actors;

/// <summary>What the pruner of the simulation sees of a repository: read in the order that the protocol prescribes.</summary>
internal sealed class StoreView
{
    private readonly HashSet<ObjectId> _condemned = [];
    private readonly HashSet<ObjectId> _condemnedSnapshots = [];
    private readonly HashSet<ShortId> _reached = [];
    private readonly Dictionary<ShortId, HashSet<ObjectId>> _copies = [];

    private StoreView()
    {
    }

    /// <summary>The packs listed, with their blobs.</summary>
    public Dictionary<ObjectId, ShortId[]> Packs { get; } = [];

    /// <summary>Snapshots that are there and that a note forgets.</summary>
    public List<ObjectId> Forgotten { get; } = [];

    /// <summary>The number of the next note.</summary>
    public ulong NextNote { get; private set; }

    public bool IsCondemned(ObjectId pack) => _condemned.Contains(pack);

    /// <summary>Whether a blob that something refers to is in no other pack.</summary>
    public bool IsNeeded(ObjectId pack, bool byOrder) => Packs[pack].Any(
        blob => _reached.Contains(blob)
            && !_copies[blob].Any(other => other != pack && !IsCondemned(other) && (!byOrder || other.CompareTo(pack) < 0)));

    /// <summary>Reads.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="isLook">Whether forgotten snapshots that nobody has condemned are needed, too: somebody may undelete them.</param>
    /// <param name="stop">Cancels.</param>
    public static async Task<StoreView> ReadAsync(Repository repository, bool isLook, CancellationToken stop)
    {
        StoreView view = new();
        // Intents before snapshots before condemned records before packs.
        Dictionary<ObjectName, SessionRecord> sessions = await ReadSessionsAsync(repository, stop);
        List<BlobId> roots = [];
        foreach (SessionRecord intent in sessions.Values.Where(record => record.Type == SessionRecordType.Intent))
        {
            roots.Add(SnapshotCodec.Open(repository.Keys, intent.Snapshot.Span).Root);
        }
        SnapshotList snapshots = await new SnapshotStore(repository).LoadAsync(stop);
        List<ObjectInfo> records = await Concurrently.ReadAllAsync(repository.Backend.ListAsync(ObjectKind.Condemned, stop));
        foreach (ObjectInfo info in records)
        {
            byte[] content = await repository.Objects.ReadAsync(info.Name, CondemnedCodec.BodySizeInBytesMax, stop);
            view._condemned.UnionWith(CondemnedCodec.OpenPacks(repository.Keys, content));
            view._condemnedSnapshots.UnionWith(CondemnedCodec.OpenSnapshots(repository.Keys, content));
        }
        snapshots.Notes.RequireWhole();
        view.NextNote = snapshots.Notes.NextNumber;
        view.Forgotten.AddRange(
            snapshots.Forgotten.Select(stored => stored.Id).Where(id => !isLook || view._condemnedSnapshots.Contains(id)));
        roots.AddRange(snapshots.Present.Where(stored => !view.Forgotten.Contains(stored.Id)).Select(stored => stored.Snapshot.Root));
        await view.ReadPacksAsync(repository, roots, stop);
        return view;
    }

    public static async Task<Dictionary<ObjectName, SessionRecord>> ReadSessionsAsync(Repository repository, CancellationToken stop)
    {
        Dictionary<ObjectName, SessionRecord> records = [];
        foreach (ObjectInfo info in await Concurrently.ReadAllAsync(repository.Backend.ListAsync(ObjectKind.Session, stop)))
        {
            if (await repository.Objects.TryReadAsync(info.Name, SessionRecordCodec.BodySizeInBytesMax, stop) is { } content)
            {
                records.Add(info.Name, SessionRecordCodec.Open(repository.Keys, content));
            }
        }
        return records;
    }

    private async Task ReadPacksAsync(Repository repository, List<BlobId> roots, CancellationToken stop)
    {
        PackList listed = await PackList.LoadAsync(repository.Backend, [], stop);
        PackDirectoryReader reader = new(repository.Backend, repository.Keys);
        Dictionary<ShortId, ShortId[]> links = [];
        foreach ((ObjectId pack, long size) in listed.Sizes)
        {
            if (await reader.TryReadAsync(pack, size, stop) is not { } found)
            {
                continue;
            }
            List<ShortId> blobs = [];
            foreach (FrameRecord frame in found.Directory.Frames)
            {
                for (int place = 0; place < frame.BlobCount; place++)
                {
                    ShortId blob = ShortId.Of(frame.GetBlobId(place));
                    blobs.Add(blob);
                    if (frame.Kind == FrameKind.Tree)
                    {
                        links[blob] = [.. frame.LinksOf(place)];
                    }
                    if (!_copies.TryGetValue(blob, out HashSet<ObjectId>? packs))
                    {
                        _copies.Add(blob, packs = []);
                    }
                    _ = packs.Add(pack);
                }
            }
            Packs.Add(pack, [.. blobs]);
        }
        Stack<ShortId> waiting = new(roots.Select(ShortId.Of));
        while (waiting.TryPop(out ShortId blob))
        {
            if (_reached.Add(blob))
            {
                foreach (ShortId link in links.GetValueOrDefault(blob) ?? [])
                {
                    waiting.Push(link);
                }
            }
        }
    }
}
