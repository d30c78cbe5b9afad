using System.Security.Cryptography;
using Ebla.Backends;
using Ebla.Indexing;
using Ebla.Operations;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Tests.Backends;
using Ebla.Trees;
using Xunit;

namespace Ebla.Tests.Operations.Restores;

/// <summary>What is damaged is listed, exactly; all the rest is restored.</summary>
public sealed class DamagedRepositoryTests
{
    // Small frames, so that damage in one is damage to a few files.
    private static readonly UploadOptions SmallFrames = new() { FrameSizeInBytes = 32 << 10 };

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.001)]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public async Task A_flipped_byte_costs_the_files_of_one_frame(double place)
    {
        await using RestoreFixture fixture = await CreateAsync();
        ObjectInfo pack = (await fixture.ListPacksAsync())[0];
        await fixture.ReplaceAsync(pack, content => Flip(content, (int)(content.Length * place)));

        RecordingRestoreObserver seen = await RestoreTwiceAsync(fixture);

        // The first bytes are the pack's header, which nobody needs who has the index.
        Assert.InRange(seen.Paths.Count, place == 0 ? 0 : 1, 30);
        fixture.CompareExcept(seen.Paths);
    }

    [Fact]
    public async Task Damage_in_many_places_costs_only_what_lies_there()
    {
        await using RestoreFixture fixture = await CreateAsync();
        ObjectInfo pack = (await fixture.ListPacksAsync())[0];
        await fixture.ReplaceAsync(pack, content =>
        {
            for (int at = 100_000; at < content.Length; at += 300_000)
            {
                content[at] ^= 4;
            }
            return content;
        });

        RecordingRestoreObserver seen = await RestoreTwiceAsync(fixture);

        Assert.InRange(seen.Paths.Count, 2, 60);
        fixture.CompareExcept(seen.Paths);
    }

    [Fact]
    public async Task A_truncated_pack_costs_what_lay_at_its_end()
    {
        await using RestoreFixture fixture = await CreateAsync();
        ObjectInfo pack = (await fixture.ListPacksAsync())[0];
        long keptInBytes = pack.SizeInBytes / 2;
        // Which files lie in the second half depends on which reader came first.
        SortedSet<string> expected = await FindFilesBehindAsync(fixture, pack, keptInBytes);
        Assert.InRange(expected.Count, 1, 239);
        await fixture.ReplaceAsync(pack, content => content[..(int)keptInBytes]);

        RecordingRestoreObserver seen = await RestoreTwiceAsync(fixture);

        Assert.Equal(expected, seen.Paths.Order(StringComparer.Ordinal));
        fixture.CompareExcept(expected);
    }

    [Fact]
    public async Task A_missing_pack_costs_its_files_and_no_others()
    {
        await using RestoreFixture fixture = await CreateAsync();
        fixture.Shell("head -c 300000 /dev/urandom > newer; echo small > newer-too; head -c 99999 f4 > mixed; cat newer >> mixed");
        _ = await fixture.BackupAsync(SmallFrames);
        ObjectInfo pack = (await fixture.ListPacksAsync())[0];
        await fixture.Backend.DeleteAsync(pack.Name, RestoreFixture.Token);

        RecordingRestoreObserver seen = await RestoreTwiceAsync(fixture);

        Assert.Contains("missing", seen.Problems.First().Message, StringComparison.Ordinal);
        Assert.DoesNotContain(fixture.InSource("newer"), seen.Paths);
        Assert.DoesNotContain(fixture.InSource("newer-too"), seen.Paths);
        fixture.CompareExcept(seen.Paths);
    }

    [Fact]
    public async Task A_damaged_index_costs_nothing()
    {
        await using RestoreFixture fixture = await CreateAsync();
        int count = 0;
        await foreach (ObjectInfo info in fixture.Backend.ListAsync(ObjectKind.Index, RestoreFixture.Token))
        {
            await fixture.ReplaceAsync(info, content => Flip(content, content.Length / 2));
            count++;
        }
        await using Repository repository = await TestRepository.OpenAsync(fixture.Backend);

        (_, RecordingRestoreObserver seen) = await fixture.RestoreAsync(repository: repository);

        Assert.Equal(count, seen.Notices.Count);
        fixture.CompareExcept([]);
    }

    [Fact]
    public async Task A_damaged_tree_costs_what_is_below_it()
    {
        await using RestoreFixture fixture = await CreateAsync();
        ObjectInfo pack = (await fixture.ListPacksAsync())[^1];
        SortedDictionary<string, string> expected = TreeListing.Of(fixture.Source, withDirectoryTimes: false);
        byte[] original = [];
        await fixture.ReplaceAsync(pack, content => original = content);
        int damagedCount = 0;
        for (int at = 100; at < original.Length; at += original.Length / 12)
        {
            await fixture.ReplaceAsync(pack, _ => Flip([.. original], at));
            if (Directory.Exists(fixture.Target))
            {
                Directory.Delete(fixture.Target, recursive: true);
            }

            (_, RecordingRestoreObserver seen) = await fixture.RestoreAsync(fixture.Options() with { PathInSnapshot = default });

            damagedCount += seen.Paths.Count > 0 ? 1 : 0;
            string restored = fixture.Target + fixture.Source;
            SortedDictionary<string, string> found = Directory.Exists(restored)
                ? TreeListing.Of(restored, withDirectoryTimes: false)
                : [];
            foreach ((string path, string text) in expected)
            {
                bool isBelowDamage = seen.Paths.Any(damaged => Path.Combine(fixture.Source, path).StartsWith(damaged, StringComparison.Ordinal));
                Assert.True(found.TryGetValue(path, out string? actual) ? actual == text : isBelowDamage, path);
            }
            Assert.Empty(found.Keys.Except(expected.Keys));
        }
        Assert.NotEqual(0, damagedCount);
    }

    [Fact]
    public async Task A_second_copy_is_read_where_the_first_is_damaged()
    {
        await using RestoreFixture fixture = await CreateAsync();
        // The first copy is out of sight while the second is made.
        List<(ObjectName Name, byte[] Content)> hidden = [];
        foreach (ObjectKind kind in new[] { ObjectKind.Pack, ObjectKind.Index, ObjectKind.Snapshot })
        {
            await foreach (ObjectInfo info in fixture.Backend.ListAsync(kind, RestoreFixture.Token))
            {
                byte[] content = new byte[info.SizeInBytes];
                Assert.True(await fixture.Backend.GetAsync(info.Name, 0, content, null, RestoreFixture.Token));
                hidden.Add((info.Name, content));
            }
        }
        foreach ((ObjectName name, _) in hidden)
        {
            await fixture.Backend.DeleteAsync(name, RestoreFixture.Token);
        }
        await fixture.Backend.FlushAsync(RestoreFixture.Token);
        _ = await fixture.BackupAsync(SmallFrames);
        foreach ((ObjectName name, byte[] content) in hidden)
        {
            await fixture.Backend.PutAsync(name, new(content), RestoreFixture.Token);
        }
        await fixture.Backend.FlushAsync(RestoreFixture.Token);
        // Both copies of everything are there, in other packs and another order. Many frames are damaged, and of each piece one copy stays.
        using BlobIndex index = (await fixture.Repository.CreateCatalogLoader().LoadForReadingAsync(RestoreFixture.Token)).Index;
        Dictionary<FrameAddress, List<BlobId>> contents = FindContents(index);
        HashSet<FrameAddress> damaged = [];
        foreach ((FrameAddress frame, List<BlobId> blobs) in contents)
        {
            if (blobs.TrueForAll(id => index.FindAll(id).Any(copy => copy.Frame != frame && !damaged.Contains(copy.Frame))))
            {
                _ = damaged.Add(frame);
            }
        }
        Assert.True(damaged.Count > contents.Count / 8, $"only {damaged.Count} of {contents.Count} frames could be damaged");
        await FlipAsync(fixture, index, damaged);
        _ = await fixture.RestoreAndCompareAsync();

        // Where both are damaged, that is listed.
        await FlipAsync(fixture, index, contents.Keys.Where(frame => !damaged.Contains(frame)).Take(3));
        _ = TreeListing.Run(fixture.Root, $"rm -rf '{fixture.Target}'");
        (_, RecordingRestoreObserver seen) = await fixture.RestoreAsync();
        Assert.InRange(seen.Paths.Count, 1, 200);
        fixture.CompareExcept(seen.Paths);
    }

    [Theory]
    [InlineData(FaultKind.ErrorBefore)]
    [InlineData(FaultKind.FlippedBit)]
    [InlineData(FaultKind.Missing)]
    [InlineData(FaultKind.Truncated)]
    public async Task A_read_that_fails_once_is_repeated(FaultKind kind)
    {
        await using RestoreFixture fixture = await CreateAsync();
        FaultyBackend counting = new(fixture.Backend, null, BackendOperation.Get);
        await using (Repository probe = await TestRepository.OpenAsync(counting))
        {
            _ = await fixture.RestoreAsync(repository: probe);
        }
        _ = TreeListing.Run(fixture.Root, $"rm -rf '{fixture.Target}'");

        // The last read is of contents; what comes before is the catalog and the trees.
        FaultyBackend failing = new(fixture.Backend, new Fault(counting.OperationCount, kind), BackendOperation.Get);
        await using Repository repository = await TestRepository.OpenAsync(failing);
        (_, RecordingRestoreObserver seen) = await fixture.RestoreAsync(repository: repository);

        Assert.True(failing.HasFailed);
        Assert.Empty(seen.Problems);
        Assert.Equal(TreeListing.Of(fixture.Source), TreeListing.Of(fixture.Target));
    }

    [Fact]
    public async Task A_store_that_goes_away_stops_the_restore_instead_of_damaging_every_file()
    {
        await using RestoreFixture fixture = await CreateAsync();
        FaultyBackend counting = new(fixture.Backend);
        await using (Repository probe = await TestRepository.OpenAsync(counting))
        {
            _ = await fixture.RestoreAsync(repository: probe);
        }
        _ = TreeListing.Run(fixture.Root, $"rm -rf '{fixture.Target}'");
        FaultyBackend failing = new(
            fixture.Backend, new Fault(counting.OperationCount, FaultKind.ErrorBefore, long.MaxValue), BackendOperation.All);
        await using Repository repository = await TestRepository.OpenAsync(failing);

        _ = await Assert.ThrowsAsync<BackendException>(() => fixture.RestoreAsync(repository: repository));

        SortedDictionary<string, string> source = TreeListing.Of(fixture.Source, withDirectoryTimes: false);
        foreach ((string path, string text) in TreeListing.Of(fixture.Target, withDirectoryTimes: false))
        {
            Assert.True(text[0] == 'd' || source[path] == text, path);
        }
    }

    private static Dictionary<FrameAddress, List<BlobId>> FindContents(BlobIndex index)
    {
        Dictionary<FrameAddress, List<BlobId>> contents = [];
        for (long ordinal = 0; ordinal < index.EntryCount; ordinal++)
        {
            CatalogEntry entry = index.GetEntry(ordinal);
            if (entry.Row.Kind == FrameKind.File)
            {
                (contents.TryGetValue(entry.Frame, out List<BlobId>? blobs) ? blobs : contents[entry.Frame] = []).Add(entry.Id);
            }
        }
        return contents;
    }

    private static async Task FlipAsync(RestoreFixture fixture, BlobIndex index, IEnumerable<FrameAddress> frames)
    {
        Dictionary<ObjectId, ObjectInfo> packs = (await fixture.ListPacksAsync()).ToDictionary(info => info.Name.Id);
        foreach (FrameAddress frame in frames)
        {
            FrameLocation location = index.Locate(frame);
            await fixture.ReplaceAsync(
                packs[location.Pack], content => Flip(content, (int)location.OffsetInPack + (location.StoredSizeInBytes / 2)));
        }
    }

    private static async Task<RestoreFixture> CreateAsync()
    {
        RestoreFixture fixture = await RestoreFixture.CreateAsync(16 << 10);
        Random random = new(7);
        for (int i = 0; i < 240; i++)
        {
            string folder = Directory.CreateDirectory(fixture.InSource(i % 4 == 0 ? "." : $"d{i % 11}")).FullName;
            byte[] content = RandomNumberGenerator.GetBytes(i % 40 == 0 ? 200_000 : random.Next(1, 9000));
            await File.WriteAllBytesAsync(Path.Combine(folder, $"f{i}"), content, RestoreFixture.Token);
        }
        _ = await fixture.BackupAsync(SmallFrames);
        return fixture;
    }

    // The files that have a piece in a frame of the pack that ends behind an offset, by what the index says.
    private static async Task<SortedSet<string>> FindFilesBehindAsync(RestoreFixture fixture, ObjectInfo pack, long offset)
    {
        using SnapshotReader reader = await SnapshotReader.OpenAsync(fixture.Repository, RestoreFixture.Token);
        using BlobIndex index = (await fixture.Repository.CreateCatalogLoader().LoadForReadingAsync(RestoreFixture.Token)).Index;
        SnapshotPlace source = await reader.FindAsync(new SnapshotPath("latest", ByteName.FromText(fixture.Source)), RestoreFixture.Token);
        SortedSet<string> found = new(StringComparer.Ordinal);
        Stack<(string Path, BlobId Tree)> way = [];
        way.Push((fixture.Source, source.Tree!.Value));
        while (way.TryPop(out (string Path, BlobId Tree) at))
        {
            await foreach (TreeEntry entry in reader.Trees.ReadNodesAsync(at.Tree, RestoreFixture.Token))
            {
                string path = Path.Combine(at.Path, entry.Node.Name.ToString());
                if (entry.Node.Subtree is { } below)
                {
                    way.Push((path, below));
                    continue;
                }
                await foreach (ContentPiece piece in reader.Trees.ReadPiecesAsync(entry.Node, RestoreFixture.Token))
                {
                    FrameLocation frame = index.Locate(index.FindAll(piece.Id!.Value).Single().Frame);
                    if (frame.Pack == pack.Name.Id && frame.OffsetInPack + frame.StoredSizeInBytes > offset)
                    {
                        _ = found.Add(path);
                    }
                }
            }
        }
        return found;
    }

    // With one file per plan and worker, and as usual: the list is the same.
    private static async Task<RecordingRestoreObserver> RestoreTwiceAsync(RestoreFixture fixture)
    {
        (_, RecordingRestoreObserver small) = await fixture.RestoreAsync(
            fixture.Options() with { PlannedPiecesMax = 3, WorkerCount = 1, OpenFilesMax = 1, FetchSizeInBytesMax = 1 });
        _ = TreeListing.Run(fixture.Root, $"rm -rf '{fixture.Target}'");
        (_, RecordingRestoreObserver seen) = await fixture.RestoreAsync();
        Assert.Equal(small.Paths, seen.Paths);
        Assert.Equal(seen.Paths.Count, seen.Problems.Count);
        return seen;
    }

    private static byte[] Flip(byte[] content, int at)
    {
        content[at] ^= 0x10;
        return content;
    }
}
