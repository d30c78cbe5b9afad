using System.Buffers;
using Ebla.Backends;
using Ebla.Backends.Memory;
using Ebla.Indexing;
using Ebla.Operations.Prunes;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Tests.Backends;
using Ebla.Tests.Indexing;
using Xunit;

namespace Ebla.Tests.Operations.Prunes;

public sealed class LiveMarkTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mark_that_is_renewed_is_the_one_that_a_walk_from_the_beginning_would_give()
    {
        for (int seed = 1; seed <= 8; seed++)
        {
            await using PruneFixture fixture = await PruneFixture.MakeAsync(4, seed);
            await using Repository repository = await TestRepository.OpenAsync(fixture.Backend);
            (LoadedCatalog before, BlobId[] roots) = await LoadAsync(repository);
            LiveMark mark = new(before, roots[1..], Token);

            // Some of it is stored once more, as by another prune; some packs are condemned; a snapshot comes.
            Random random = new(seed);
            HashSet<ObjectId> shunned = [.. before.Packs!.Sizes.Keys.Order().Where(_ => random.Next(2) == 0)];
            Assert.True(await new LiveMover(repository, new PruneOptions { Upload = PruneFixture.Upload })
                .MoveAsync(before, mark, shunned, Token));
            ObjectId[] condemned = [.. shunned.Order().Where(_ => random.Next(2) == 0)];
            _ = await new CondemnedStore(fixture.Backend, repository.Keys).PutAsync(condemned, [], Token);
            fixture.Change(4);
            _ = await fixture.BackupAsync(repository);

            (LoadedCatalog after, BlobId[] all) = await LoadAsync(repository);
            Assert.Equal(5, all.Length);
            BlobId[] counted = all[1..];
            LiveMark renewed = Assert.IsType<LiveMark>(mark.TryRenew(after, counted, Token));
            LiveMark walked = new(after, counted.Union(roots[1..]), Token);

            Assert.Empty(renewed.Missing);
            long live = 0;
            for (long ordinal = 0; ordinal < after.Index.EntryCount; ordinal++)
            {
                Assert.True(walked.Contains(ordinal) == renewed.Contains(ordinal), $"seed {seed}, entry {ordinal}");
                live += renewed.Contains(ordinal) ? 1 : 0;
            }
            Assert.InRange(live, 100, after.Index.EntryCount - 1);
            Assert.Equal(walked.Going(shunned, Token), renewed.Going(shunned, Token));
            Assert.Equal(walked.Count(null, Token), renewed.Count(null, Token));
            before.Index.Dispose();
            after.Index.Dispose();
        }
    }

    [Fact]
    public async Task A_mark_is_not_renewed_if_anything_live_is_gone()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(3);
        await using Repository repository = await TestRepository.OpenAsync(fixture.Backend);
        (LoadedCatalog before, BlobId[] roots) = await LoadAsync(repository);
        LiveMark mark = new(before, roots, Token);
        LiveMark ofNothing = new(before, [], Token);
        int lost = 0;
        foreach (ObjectId pack in before.Packs!.Sizes.Keys)
        {
            byte[] content = (await ((IBackend)fixture.Backend).GetWholeAsync(new ObjectName(ObjectKind.Pack, pack), 1 << 20, null, Token))!;
            await fixture.Backend.DeleteAsync(new ObjectName(ObjectKind.Pack, pack), Token);
            (LoadedCatalog after, _) = await LoadAsync(repository);
            LiveMark walked = new(after, roots, Token);
            LiveMark? renewed = mark.TryRenew(after, roots, Token);
            Assert.Equal(walked.Missing.Count == 0, renewed is not null);
            lost += renewed is null ? 1 : 0;

            // What no root of before refers to may be gone. That a root of now does is found.
            Assert.Equal(walked.Missing.Order(), ofNothing.TryRenew(after, roots, Token)!.Missing.Order());
            Assert.Null(walked.Missing.Count == 0 ? null : walked.TryRenew(before, roots, Token));
            after.Index.Dispose();
            await fixture.Backend.PutAsync(new ObjectName(ObjectKind.Pack, pack), new ReadOnlySequence<byte>(content), Token);
        }
        Assert.True(lost > 0);
        before.Index.Dispose();
    }

    [Fact]
    public async Task A_mark_is_not_renewed_if_a_tree_has_come_whose_id_begins_like_that_of_a_live_one()
    {
        using TestFolder folder = new();
        Random random = new(2);
        byte[] bytes = new byte[Hash256.SizeInBytes];
        random.NextBytes(bytes);
        BlobId tree = BlobId.Read(bytes);
        bytes[^1] ^= 1;
        BlobId alike = BlobId.Read(bytes);
        (BlobId chunk, BlobId chunkOfAlike, BlobId root) = (RunFixture.RandomId(random), RunFixture.RandomId(random), RunFixture.RandomId(random));
        RunFixture fixture = new();
        IndexedPack[] packs =
        [
            fixture.AddPack((FrameKind.Tree, [new FrameBlob(tree, 100, [ShortId.Of(chunk)])])),
            fixture.AddPack((FrameKind.File, [new FrameBlob(chunk, 100, [])])),
            fixture.AddPack((FrameKind.File, [new FrameBlob(chunkOfAlike, 100, [])])),
            fixture.AddPack((FrameKind.Tree, [new FrameBlob(alike, 100, [ShortId.Of(chunkOfAlike)])])),
            fixture.AddPack((FrameKind.Tree, [new FrameBlob(root, 100, [ShortId.Of(alike)])])),
        ];
        await using MemoryBackend backend = new();
        foreach (IndexedPack pack in packs)
        {
            ReadOnlySequence<byte> content = new(new byte[pack.SizeInBytes]);
            await backend.PutAsync(new ObjectName(ObjectKind.Pack, pack.Id), content, Token);
        }
        await backend.FlushAsync(Token);
        PackList list = await PackList.LoadAsync(backend, [], Token);
        using BlobIndex before = Index(packs[..3]);
        using BlobIndex unrelated = Index([.. packs[..3], packs[4]]);
        using BlobIndex after = Index(packs);
        LiveMark mark = new(Catalog(before), [tree], Token);

        Assert.True(new LiveMark(Catalog(after), [tree, root], Token).Contains(after.FindOrdinal(chunkOfAlike)!.Value));
        Assert.Null(mark.TryRenew(Catalog(after), [tree, root], Token));
        Assert.NotNull(mark.TryRenew(Catalog(unrelated), [tree, root], Token));

        BlobIndex Index(IndexedPack[] ofRun)
        {
            BlobIndex index = new();
            index.Add(RunWriter.Write(Path.Combine(folder.FullPath, $"run{ofRun.Length}"), [], ofRun), list.IsUsable);
            return index;
        }

        LoadedCatalog Catalog(BlobIndex index) => new(index, list, [], []) { Segments = new HashSet<ObjectId>() };
    }

    private static async Task<(LoadedCatalog Catalog, BlobId[] Roots)> LoadAsync(Repository repository)
    {
        SnapshotList list = await new SnapshotStore(repository).LoadAsync(Token);
        BlobId[] roots = [.. list.Snapshots.OrderBy(stored => stored.Snapshot.Time).Select(stored => stored.Snapshot.Root)];
        return (await repository.CreateCatalogLoader().LoadForPruningAsync(Token), roots);
    }
}
