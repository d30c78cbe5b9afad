using Ebla.Backends;
using Ebla.Indexing;
using Ebla.Operations.Statistics;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;
using Xunit;

namespace Ebla.Tests.Operations.Statistics;

/// <summary>What blobs there are and what they take, read from the packs themselves, with no thought of memory.</summary>
internal sealed class ReferenceAccount
{
    private readonly Dictionary<ShortId, (BlobTotals Totals, ShortId[] Links)> _blobs = [];

    private ReferenceAccount()
    {
    }

    public IReadOnlyCollection<ShortId> All => _blobs.Keys;

    public BlobTotals FurtherCopies { get; private set; }

    public long FramesInBytes { get; private set; }

    public static async Task<ReferenceAccount> ReadAsync(Repository repository)
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        ReferenceAccount account = new();
        CondemnedNames condemned = await new CondemnedStore(repository.Backend, repository.Keys).LoadAsync(token);
        PackDirectoryReader reader = new(repository.Backend, repository.Keys);
        List<ObjectInfo> packs = [];
        await foreach (ObjectInfo info in repository.Backend.ListAsync(ObjectKind.Pack, token))
        {
            packs.Add(info);
        }
        foreach (ObjectInfo info in packs.OrderBy(pack => condemned.Packs.Contains(pack.Name.Id)).ThenBy(pack => pack.Name.Id))
        {
            IndexedPack pack = (await reader.TryReadAsync(info.Name.Id, info.SizeInBytes, token))!;
            foreach (FrameRecord frame in pack.Directory.Frames)
            {
                account.Add(frame);
            }
        }
        return account;
    }

    public BlobTotals Sum(IEnumerable<ShortId> blobs) => blobs.Aggregate(default(BlobTotals), (sum, blob) => sum.And(_blobs[blob].Totals));

    /// <summary>All that a snapshot refers to.</summary>
    public HashSet<ShortId> Below(StoredSnapshot stored)
    {
        HashSet<ShortId> found = [];
        Stack<ShortId> waiting = new([ShortId.Of(stored.Snapshot.Root)]);
        while (waiting.TryPop(out ShortId id))
        {
            if (found.Add(id))
            {
                Array.ForEach(_blobs[id].Links, waiting.Push);
            }
        }
        return found;
    }

    public HashSet<ShortId> Below(IEnumerable<StoredSnapshot> snapshots) => [.. snapshots.SelectMany(Below)];

    private void Add(FrameRecord frame)
    {
        FramesInBytes += frame.StoredSizeInBytes;
        int[] sizes = [.. Enumerable.Range(0, frame.BlobCount).Select(place => PadmeCode.Decode(frame.GetLengthCode(place)))];
        decimal whole = sizes.Sum(size => (decimal)size);
        long[] shares = [.. sizes.Select(size => (long)Math.Floor((decimal)frame.StoredSizeInBytes * size / whole))];
        long left = frame.StoredSizeInBytes - shares.Sum();
        for (int place = 0; place < frame.BlobCount; place++)
        {
            BlobTotals totals = new(1, sizes[place], shares[place] + (place < left ? 1 : 0));
            ShortId[] links = frame.Kind == FrameKind.Tree ? [.. frame.LinksOf(place)] : [];
            if (!_blobs.TryAdd(ShortId.Of(frame.GetBlobId(place)), (totals, links)))
            {
                FurtherCopies = FurtherCopies.And(totals);
            }
        }
    }
}
