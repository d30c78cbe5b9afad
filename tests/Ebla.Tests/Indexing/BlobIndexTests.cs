using Ebla.Indexing;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Tests.Backends;
using Xunit;

namespace Ebla.Tests.Indexing;

public sealed class BlobIndexTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private int _files;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_merge_comes_by_each_blob_once_in_the_order_of_ids_with_all_its_copies(int seed)
    {
        RunFixture fixture = WithCopies(seed);
        using BlobIndex index = new();
        for (int i = 0; i < 30; i += 10)
        {
            index.Add(Run(fixture.Packs[i..(i + 10)]), (_, _) => true);
        }
        EntryMerge merge = new(index.Runs);
        List<BlobId> ids = [];
        while (merge.TryNext())
        {
            ids.Add(merge.Id);
            Assert.Equal(index.FindOrdinals(ShortId.Of(merge.Id)), merge.Copies.Select(copy => copy.Ordinal));
            Assert.All(merge.Copies, copy => Assert.Equal(copy.Run, index.GetEntry(copy.Ordinal).Frame.Run));
            Assert.All(merge.Copies, copy => Assert.Equal(merge.Id, index.GetEntry(copy.Ordinal).Id));
        }
        Assert.Equal(fixture.Model.Keys.Order(), ids);
        Assert.False(merge.TryNext());
        Assert.Empty(merge.Copies);
        Assert.False(new EntryMerge([]).TryNext());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Only_copies_in_usable_packs_count(int seed)
    {
        RunFixture fixture = WithCopies(seed);
        Random random = new(seed);
        HashSet<ObjectId> usable = [.. fixture.Packs.Where(_ => random.Next(2) == 0).Select(pack => pack.Id)];
        using BlobIndex index = new();
        for (int i = 0; i < 30; i += 10)
        {
            index.Add(Run(fixture.Packs[i..(i + 10)]), (pack, size) =>
            {
                Assert.Equal(size, fixture.Packs.Single(known => known.Id == pack).SizeInBytes);
                return usable.Contains(pack);
            });
        }

        int unusable = 0;
        foreach ((BlobId id, List<RunFixture.Copy> copies) in fixture.Model)
        {
            List<string> expected = [.. copies.Where(copy => usable.Contains(copy.Pack))
                .Select(copy => $"{copy.Pack} {copy.Offset} {copy.Place} {copy.LengthCode}").Order()];
            unusable += expected.Count == 0 ? 1 : 0;
            Assert.Equal(expected.Count > 0, index.Contains(id));
            Assert.Equal(expected.Count > 0, index.Find(id) is not null);
            Assert.Equal(expected, index.FindAll(id).Select(Describe).Order());
            Assert.Equal(expected, index.FindOrdinals(ShortId.Of(id)).Select(ordinal =>
            {
                CatalogEntry entry = index.GetEntry(ordinal);
                Assert.Equal(id, entry.Id);
                FrameLocation frame = index.Locate(entry.Frame);
                return $"{frame.Pack} {frame.OffsetInPack} {entry.Place} {PadmeCode.Encode(entry.RoundedSizeInBytes)}";
            }).Order());
        }
        Assert.True(unusable > 0);
        Assert.Equal(fixture.Model.Values.Sum(copies => copies.Count), index.EntryCount);

        string Describe(BlobLocation location)
        {
            FrameLocation frame = index.Locate(location.Frame);
            return $"{frame.Pack} {frame.OffsetInPack} {location.Place} {location.SizeCode}";
        }
    }

    // Of each blob in a shunned pack that was told of, another copy counts, or there is none and the index says so.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_was_told_to_be_in_shunned_packs_is_found_elsewhere_or_missed(int seed)
    {
        RunFixture fixture = WithCopies(seed);
        Random random = new(seed);
        int missed = 0;
        for (int round = 0; round < 40; round++)
        {
            using BlobIndex index = new(remembers: true);
            index.Add(Run(fixture.Packs[..15]), (_, _) => true);
            HashSet<ObjectId> first = [.. fixture.Packs.Where(_ => random.Next(8) == 0).Select(pack => pack.Id)];
            index.Shun(first);
            index.Add(Run(fixture.Packs[15..]), (_, _) => true);
            BlobId[] told = [.. fixture.Model.Keys.Where(_ => random.Next(60) == 0).Where(index.Contains)];
            HashSet<ObjectId> second = [.. fixture.Packs.Where(_ => random.Next(8) == 0).Select(pack => pack.Id)];

            index.Shun(second);
            bool isMoved = index.TryMoveFrom(second, Token);

            // The last run is asked first, and there the first copy that counts.
            bool IsLeft(RunFixture.Copy copy) => !first.Contains(copy.Pack) && !second.Contains(copy.Pack);
            bool isLost = told.Any(id => !fixture.Model[id].Any(IsLeft));
            Assert.Equal(!isLost, isMoved);
            Assert.Equal(told.Count(id => fixture.Model[id].Any(IsLeft)), told.Count(index.Contains));
            Assert.True(index.TryMoveFrom(first, Token), "nobody was told of what was shunned before");
            missed += isMoved ? 0 : 1;
        }
        Assert.InRange(missed, 1, 39);
    }

    [Fact]
    public void Whoever_is_told_while_a_pack_is_shunned_is_either_noticed_or_told_no()
    {
        RunFixture fixture = RunFixture.Create(1, 1, RunFixture.RandomId);
        BlobId id = fixture.Model.Keys.First();
        HashSet<ObjectId> packs = [fixture.Packs[0].Id];
        int told = 0;
        for (int round = 0; round < 3000; round++)
        {
            using BlobIndex index = new(remembers: true);
            index.Add(Run(fixture.Packs), (_, _) => true);
            using Barrier barrier = new(2);
            bool isTold = false;
            Thread asker = new(() =>
            {
                barrier.SignalAndWait();
                isTold = index.Contains(id);
            });
            asker.Start();
            barrier.SignalAndWait();
            Thread.SpinWait(round % 50);
            index.Shun(packs);
            bool isFree = index.TryMoveFrom(packs, Token);
            asker.Join();
            Assert.False(isTold && isFree, $"round {round}");
            told += isTold ? 1 : 0;
        }
        Assert.InRange(told, 1, 2999);
    }

    [Fact]
    public void An_empty_index_holds_nothing()
    {
        using BlobIndex index = new();
        Assert.False(index.Contains(default));
        Assert.Null(index.Find(default));
        Assert.Empty(index.FindAll(default));
        Assert.Empty(index.FindOrdinals(default));
        Assert.Equal(0, index.EntryCount);
        CatalogWalk walk = new(index);
        walk.Visit(default, Token);
        Assert.Single(walk.Missing);
    }

    [Fact]
    public void Visited_blobs_are_new_once_across_pages()
    {
        long[] ordinals = [0, 63, 64, (1 << 20) - 1, 1 << 20, (5 << 20) + 17, (6 << 20) - 1];
        VisitedBlobs visited = new(6 << 20);
        Assert.All(ordinals, ordinal => Assert.True(visited.Add(ordinal)));
        Assert.All(ordinals, ordinal => Assert.False(visited.Add(ordinal)));
        Assert.True(visited.Add(1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void A_walk_finds_what_a_naive_walk_finds(int seed)
    {
        // A random DAG: blob i may link to blobs before it; some are not stored, some only in unusable packs, some twice.
        Random random = new(seed);
        const int Count = 400;
        BlobId[] ids = [.. Enumerable.Range(0, Count).Select(_ => RunFixture.RandomId(random))];
        bool[] isTree = [.. ids.Select((_, i) => i > 20 && random.Next(3) > 0)];
        int[][] links = [.. ids.Select((_, i) => isTree[i]
            ? Enumerable.Range(0, random.Next(6)).Select(_ => random.Next(i)).ToArray()
            : [])];
        bool[] isStored = new bool[Count];
        RunFixture fixture = new();
        HashSet<ObjectId> unusable = [];
        foreach (FrameKind kind in (FrameKind[])[FrameKind.File, FrameKind.Tree])
        {
            for (int pack = 0; pack < 12; pack++)
            {
                int[] members = [.. Enumerable.Range(0, Count).Where(i => isTree[i] == (kind == FrameKind.Tree) && random.Next(5) == 0)];
                if (members.Length == 0)
                {
                    continue;
                }
                IndexedPack added = fixture.AddPack((kind, [.. members.Select(i =>
                    new FrameBlob(ids[i], 1 + i, [.. links[i].Select(link => ShortId.Of(ids[link]))]))]));
                if (random.Next(4) == 0)
                {
                    unusable.Add(added.Id);
                    continue;
                }
                Array.ForEach(members, i => isStored[i] = true);
            }
        }
        using BlobIndex index = new();
        index.Add(Run(fixture.Packs[..5]), (pack, _) => !unusable.Contains(pack));
        index.Add(Run(fixture.Packs[5..]), (pack, _) => !unusable.Contains(pack));
        HashSet<int> reached = [];
        HashSet<ShortId> missing = [];
        CatalogWalk walk = new(index);
        foreach (int root in (int[])[Count - 1, .. Enumerable.Range(100, 30), 5, Count - 1])
        {
            VisitNaively(root);
            walk.Visit(ids[root], Token);
            Assert.Equal(missing.Order(), walk.Missing.Order());
            Assert.Equal(reached.Count, walk.BlobCount);
            Assert.Equal(reached.Sum(i => Padme.Round(1 + i)), walk.RoundedSizeInBytes);
        }
        Assert.NotEmpty(reached);

        void VisitNaively(int i)
        {
            if (!isStored[i])
            {
                _ = missing.Add(ShortId.Of(ids[i]));
            }
            else if (reached.Add(i))
            {
                Array.ForEach(links[i], VisitNaively);
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    // 30 packs, of whose blobs half are copies of earlier ones.
    private static RunFixture WithCopies(int seed)
    {
        List<BlobId> ids = [];
        return RunFixture.Create(seed, 30, random =>
        {
            BlobId id = ids.Count > 0 && random.Next(2) == 0 ? ids[random.Next(ids.Count)] : RunFixture.RandomId(random);
            ids.Add(id);
            return id;
        });
    }

    private IndexRun Run(List<IndexedPack> packs)
        => RunWriter.Write(Path.Combine(_folder.FullPath, $"{_files++}.run"), [default], packs);
}
