using Ebla.Operations.Restores;
using Ebla.Primitives;
using Ebla.Trees;
using Xunit;

namespace Ebla.Tests.Operations.Restores;

/// <summary>Snapshots that no backup would make: nothing gets out of the target, and what makes sense is restored.</summary>
public sealed class HostileSnapshotTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("../escaped")]
    [InlineData("a/escaped")]
    [InlineData("/tmp/ebla-escaped")]
    [InlineData("x\0y")]
    public async Task A_name_that_no_entry_can_have_is_refused_with_its_directory(string name)
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        await using (SnapshotBuilder builder = await SnapshotBuilder.StartAsync(fixture.Repository))
        {
            ContentPiece chunk = await builder.ChunkAsync("content");
            BlobId hostile = await builder.TreeAsync(SnapshotBuilder.File(name, chunk));
            BlobId hostileFolder = await builder.TreeAsync(SnapshotBuilder.Folder(name, hostile));
            BlobId good = await builder.TreeAsync(SnapshotBuilder.File("good", chunk));
            _ = await builder.CommitAsync(await builder.TreeAsync(
                SnapshotBuilder.Folder("a", hostile), SnapshotBuilder.Folder("b", hostileFolder), SnapshotBuilder.Folder("c", good)));
        }

        (_, RecordingRestoreObserver seen) = await fixture.RestoreAsync(fixture.Options("/"));

        Assert.Equal(["/a", "/b"], seen.Paths);
        Assert.Equal(["a", "b", "c", "c/good"], TreeListing.Of(fixture.Target).Keys);
        Assert.Equal(["source", "target"], Directory.GetFileSystemEntries(fixture.Root).Select(Path.GetFileName).Order());
        Assert.False(File.Exists("/tmp/ebla-escaped"));
    }

    [Fact]
    public async Task Two_entries_of_one_name_are_refused()
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        string outside = Directory.CreateDirectory(Path.Combine(fixture.Root, "outside")).FullName;
        await using (SnapshotBuilder builder = await SnapshotBuilder.StartAsync(fixture.Repository))
        {
            ContentPiece chunk = await builder.ChunkAsync("content");
            Node link = SnapshotBuilder.File("d") with { Type = FileType.SymbolicLink, LinkTarget = ByteName.FromText(outside) };
            BlobId inner = await builder.TreeAsync(SnapshotBuilder.File("escaped", chunk));
            _ = await builder.CommitAsync(await builder.TreeAsync(link, SnapshotBuilder.Folder("d", inner)));
        }

        (_, RecordingRestoreObserver seen) = await fixture.RestoreAsync(fixture.Options("/"));

        Assert.Equal(["/"], seen.Paths);
        Assert.Empty(Directory.GetFileSystemEntries(outside));
    }

    [Fact]
    public async Task Holes_stay_holes()
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        const long Size = (4L << 30) + 7;
        await using (SnapshotBuilder builder = await SnapshotBuilder.StartAsync(fixture.Repository))
        {
            ContentPiece chunk = await builder.ChunkAsync("content");
            ContentPiece hole = new(null, Size);
            _ = await builder.CommitAsync(await builder.TreeAsync(
                SnapshotBuilder.File("after", hole, chunk),
                SnapshotBuilder.File("all", hole),
                SnapshotBuilder.File("before", chunk, hole),
                SnapshotBuilder.File("between", chunk, hole, chunk)));
        }

        (RestoreResult result, RecordingRestoreObserver seen) = await fixture.RestoreAsync(fixture.Options("/"));

        Assert.Empty(seen.Problems);
        Assert.Equal(4 * Size + 4 * 7, result.RestoredInBytes);
        foreach ((string name, long size) in new[] { ("after", Size + 7), ("all", Size), ("before", Size + 7), ("between", Size + 14) })
        {
            string path = Path.Combine(fixture.Target, name);
            Assert.Equal(size, new FileInfo(path).Length);
            Assert.InRange(long.Parse(TreeListing.Run(fixture.Target, $"stat -c %b '{path}'")), 0, 64);
            using FileStream file = File.OpenRead(path);
            Assert.Equal(name is "before" or "between" ? 'c' : 0, file.ReadByte());
            _ = file.Seek(-1, SeekOrigin.End);
            Assert.Equal(name is "after" or "between" ? 't' : 0, file.ReadByte());
        }
    }

    [Fact]
    public async Task Wrong_lengths_missing_chunks_and_impossible_sizes_cost_only_their_files()
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        await using (SnapshotBuilder builder = await SnapshotBuilder.StartAsync(fixture.Repository))
        {
            ContentPiece chunk = await builder.ChunkAsync("content");
            ContentPiece missing = new(new BlobId(new Hash256(1, 2, 3, 4)), 100);
            _ = await builder.CommitAsync(await builder.TreeAsync(
                SnapshotBuilder.File("endless", new ContentPiece(null, long.MaxValue - 7), chunk),
                SnapshotBuilder.File("enormous", new ContentPiece(chunk.Id, 1L << 40)),
                SnapshotBuilder.File("longer", chunk with { SizeInBytes = 8 }),
                SnapshotBuilder.File("missing", missing),
                SnapshotBuilder.File("missing-too", chunk, missing, chunk),
                SnapshotBuilder.File("shorter", chunk, chunk with { SizeInBytes = 6 }),
                SnapshotBuilder.File("whole", chunk, chunk)));
        }

        (_, RecordingRestoreObserver seen) = await fixture.RestoreAsync(fixture.Options("/"));

        Assert.Equal(["/endless", "/enormous", "/longer", "/missing", "/missing-too", "/shorter"], seen.Paths);
        Assert.Equal(["whole"], Directory.GetFileSystemEntries(fixture.Target).Select(Path.GetFileName));
        Assert.Equal("contentcontent", await File.ReadAllTextAsync(Path.Combine(fixture.Target, "whole"), Token));
    }

    [Fact]
    public async Task Names_of_one_file_that_differ_are_restored_each_for_itself_and_a_damaged_first_is_replaced()
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        await using (SnapshotBuilder builder = await SnapshotBuilder.StartAsync(fixture.Repository))
        {
            ContentPiece chunk = await builder.ChunkAsync("content");
            ContentPiece longer = await builder.ChunkAsync("longer content");
            ContentPiece missing = new(new BlobId(new Hash256(1, 2, 3, 4)), chunk.SizeInBytes);
            _ = await builder.CommitAsync(await builder.TreeAsync(
                Linked("a", 1, missing), Linked("b", 1, missing), Linked("c", 1, chunk), Linked("d", 1, chunk), Linked("e", 1, longer),
                Linked("f", 2, missing, chunk), Linked("g", 2, chunk, chunk), Linked("h", 2, chunk, chunk)));
        }

        (_, RecordingRestoreObserver seen) = await fixture.RestoreAsync(fixture.Options("/"));

        Assert.Equal(["/a", "/b", "/f"], seen.Paths);
        Assert.Equal(["c:2", "d:2", "e:1", "g:2", "h:2", ""], TreeListing.Run(fixture.Target, "stat -c %n:%h *").Split('\n'));
        Assert.Equal("content", await File.ReadAllTextAsync(Path.Combine(fixture.Target, "d"), Token));
        Assert.Equal("longer content", await File.ReadAllTextAsync(Path.Combine(fixture.Target, "e"), Token));

        static Node Linked(string name, ulong inode, params ContentPiece[] content)
            => SnapshotBuilder.File(name, content) with { HardLink = new HardLinkId(9, inode) };
    }

    [Fact]
    public async Task Metadata_that_cannot_be_set_are_reported_once_with_a_count()
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        await using (SnapshotBuilder builder = await SnapshotBuilder.StartAsync(fixture.Repository))
        {
            ContentPiece chunk = await builder.ChunkAsync("content");
            Node node = SnapshotBuilder.File("", chunk) with { UserId = uint.MaxValue };
            _ = await builder.CommitAsync(await builder.TreeAsync(
                node with { Name = ByteName.FromText("a") }, node with { Name = ByteName.FromText("b") },
                node with { Name = ByteName.FromText("c"), Content = [chunk, chunk], SizeInBytes = 14 }));
        }

        (RestoreResult result, RecordingRestoreObserver seen) = await fixture.RestoreAsync(fixture.Options("/"));

        Assert.Equal(3, result.Files);
        RestoreProblem problem = Assert.Single(seen.Problems, problem => problem.Message.Contains("owner", StringComparison.Ordinal));
        Assert.Contains("2 more", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tree_deeper_than_any_path_comes_back()
    {
        const int Depth = 5000;
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        await using (SnapshotBuilder builder = await SnapshotBuilder.StartAsync(fixture.Repository))
        {
            BlobId tree = await builder.TreeAsync(SnapshotBuilder.File("deepest", await builder.ChunkAsync("at the bottom")));
            for (int depth = 0; depth < Depth; depth++)
            {
                tree = await builder.TreeAsync(SnapshotBuilder.Folder("d", tree));
            }
            _ = await builder.CommitAsync(tree);
        }

        (RestoreResult result, RecordingRestoreObserver seen) = await fixture.RestoreAsync(fixture.Options("/") with { Verify = true });

        Assert.Empty(seen.Problems);
        Assert.Equal((Depth, 1L), (result.Directories, result.Files));
        Assert.Equal($"{Depth + 1}\n", TreeListing.Run(fixture.Target, "find . -name d -o -name deepest | wc -l"));

        // And away again, with a snapshot that has nothing of it.
        await using (SnapshotBuilder builder = await SnapshotBuilder.StartAsync(fixture.Repository))
        {
            _ = await builder.CommitAsync(await builder.TreeAsync(SnapshotBuilder.File("other", await builder.ChunkAsync("other"))), sequence: 2);
        }
        (result, seen) = await fixture.RestoreAsync(fixture.Options("/") with { Delete = true });
        Assert.Empty(seen.Problems);
        Assert.Equal(Depth + 1, result.Deleted);
        Assert.Equal(["other"], TreeListing.Of(fixture.Target).Keys);
    }
}
