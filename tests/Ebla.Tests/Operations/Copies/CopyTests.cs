using Ebla.Backends.Memory;
using Ebla.Operations.Backups;
using Ebla.Operations.Copies;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Snapshots;
using Ebla.Tests.Backends;
using Xunit;

namespace Ebla.Tests.Operations.Copies;

public sealed class CopyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Copies_restore_to_what_their_originals_restore_to_and_say_what_they_said(bool isLike)
    {
        await using FilledRepository source = await FilledRepository.MakeAsync();
        await using MemoryBackend destination = await CopyFixture.MakeDestinationAsync(source.Backend, isLike);

        (CopyResult result, RecordingCopyObserver seen) = await CopyFixture.CopyAsync(source.Backend, destination);

        Assert.Empty(seen.Problems);
        Assert.Equal(2, result.SnapshotsCopied);
        Assert.Equal(isLike, result.SharesNames);
        Assert.Equal(isLike ? 0 : 1, seen.Notices.Count(notice => notice.Contains("init --like", StringComparison.Ordinal)));
        IReadOnlyList<StoredSnapshot> originals = await CopyFixture.SnapshotsAsync(source.Backend);
        IReadOnlyList<StoredSnapshot> copies = await CopyFixture.SnapshotsAsync(destination);
        Assert.Equal([source.First, source.Second], seen.Copies.Select(pair => pair.Source.Id));
        Assert.Equal(copies.Select(copy => (ObjectId?)copy.Id), seen.Copies.Select(pair => pair.Copy));
        for (int i = 0; i < 2; i++)
        {
            (Snapshot original, Snapshot copy) = (originals[i].Snapshot, copies[i].Snapshot);
            Assert.Equal(originals[i].Id, copy.Origin!.Value.Snapshot);
            Assert.Equal((ulong)i + 1, copy.Sequence);
            Assert.Equal(
                (original.Time, original.Host, original.User, original.Description, original.Program, original.Summary, original.IsPartial),
                (copy.Time, copy.Host, copy.User, copy.Description, copy.Program, copy.Summary, copy.IsPartial));
            Assert.Equal(original.Paths, copy.Paths);
            Assert.Equal(original.Tags, copy.Tags);
            Assert.Equal(isLike, original.Root == copy.Root);
            Assert.Equal(
                await CopyFixture.RestoreAsync(source.Backend, originals[i].Id), await CopyFixture.RestoreAsync(destination, copies[i].Id));
        }
        Assert.Equal(result.Blobs, (await CopyFixture.BlobsAsync(destination)).Count);
        await CopyFixture.AssertWholeAsync(destination);
    }

    [Fact]
    public async Task Between_like_repositories_frames_go_over_compressed_and_ids_stay_there_and_back()
    {
        await using FilledRepository source = await FilledRepository.MakeAsync();
        await using MemoryBackend destination = await CopyFixture.MakeDestinationAsync(source.Backend, isLike: true);
        await using MemoryBackend third = await CopyFixture.MakeDestinationAsync(destination, isLike: true);

        (CopyResult there, _) = await CopyFixture.CopyAsync(source.Backend, destination);
        (CopyResult further, _) = await CopyFixture.CopyAsync(destination, third, new CopyOptions { OpenAll = true });
        (CopyResult back, RecordingCopyObserver seen) = await CopyFixture.CopyAsync(third, source.Backend);

        Assert.Equal(there.Blobs, there.BlobsMoved);
        Assert.Equal(there.Blobs, further.BlobsMoved);
        Assert.Equal(await CopyFixture.BlobsAsync(source.Backend), await CopyFixture.BlobsAsync(destination));
        Assert.Equal(await CopyFixture.BlobsAsync(source.Backend), await CopyFixture.BlobsAsync(third));
        // A copy of a copy of what is here: known by where it was first made.
        Assert.Equal((0, 2, 0), (back.SnapshotsCopied, back.SnapshotsSkipped, back.StoredInBytes));
        Assert.Empty(seen.Notices);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_second_copy_writes_nothing_at_all(bool isLike)
    {
        await using FilledRepository source = await FilledRepository.MakeAsync();
        await using MemoryBackend destination = await CopyFixture.MakeDestinationAsync(source.Backend, isLike);
        _ = await CopyFixture.CopyAsync(source.Backend, destination);
        RecordingBackend recording = new(destination);

        (CopyResult result, _) = await CopyFixture.CopyAsync(source.Backend, recording);

        Assert.Equal((0, 2, 0), (result.SnapshotsCopied, result.SnapshotsSkipped, result.ReadInBytes));
        Assert.DoesNotContain(recording.Calls, call => (call.Operation & BackendOperation.Writes) != 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_later_copy_reads_and_stores_only_what_is_new(bool isLike)
    {
        await using FilledRepository source = await FilledRepository.MakeAsync();
        await using MemoryBackend destination = await CopyFixture.MakeDestinationAsync(source.Backend, isLike);
        (CopyResult first, _) = await CopyFixture.CopyAsync(source.Backend, destination);
        await File.WriteAllTextAsync(Path.Combine(source.Folder, "d1", "new"), "new", Token);
        await using (Repository repository = await TestRepository.OpenAsync(source.Backend))
        {
            _ = await source.BackupAsync(repository);
        }

        (CopyResult second, RecordingCopyObserver seen) = await CopyFixture.CopyAsync(source.Backend, destination);

        Assert.True(first.ReadInBytes > 700_000, $"{first}");
        Assert.Equal((1, 2), (second.SnapshotsCopied, second.SnapshotsSkipped));
        Assert.InRange(second.ReadInBytes, 1, 20_000);
        Assert.InRange(second.Blobs, 1, 20);
        IReadOnlyList<StoredSnapshot> copies = await CopyFixture.SnapshotsAsync(destination);
        Assert.Equal(
            await CopyFixture.RestoreAsync(source.Backend, seen.Copies.Single().Source.Id),
            await CopyFixture.RestoreAsync(destination, copies[2].Id));
        await CopyFixture.AssertWholeAsync(destination);
    }

    [Fact]
    public async Task A_backup_to_a_like_destination_finds_what_was_copied()
    {
        await using FilledRepository source = await FilledRepository.MakeAsync();
        await using MemoryBackend destination = await CopyFixture.MakeDestinationAsync(source.Backend, isLike: true);
        _ = await CopyFixture.CopyAsync(source.Backend, destination);
        File.SetLastWriteTimeUtc(Path.Combine(source.Folder, "big"), new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc)); // Has to be read again.
        await using Repository repository = await TestRepository.OpenAsync(destination);

        BackupResult result = await BackupOperation.RunAsync(
            repository, new BackupOptions { Paths = [ByteName.FromText(source.Folder)] }, new RecordingObserver(), Token);

        Assert.Equal(12, result.FilesUnmodified);
        Assert.Equal(1, result.FilesChanged);
        Assert.InRange(result.AddedInBytes, 0, 10_000);
    }

    [Fact]
    public async Task Only_the_snapshots_that_are_meant_are_copied_and_their_frames_are_opened_for_what_is_needed()
    {
        await using FilledRepository source = await FilledRepository.MakeAsync();
        await using MemoryBackend destination = await CopyFixture.MakeDestinationAsync(source.Backend, isLike: true);
        CopyOptions second = new() { Snapshots = [source.Second.ToString()[..12]] };

        (CopyResult none, _) = await CopyFixture.CopyAsync(
            source.Backend, destination, new CopyOptions { Hosts = [ByteName.FromText("elsewhere")] });
        (CopyResult dry, RecordingCopyObserver seen) = await CopyFixture.CopyAsync(source.Backend, destination, second with { DryRun = true });
        Assert.Empty(await CopyFixture.SnapshotsAsync(destination));
        (CopyResult result, _) = await CopyFixture.CopyAsync(source.Backend, destination, second);

        Assert.Equal((0, 0), (none.SnapshotsCopied, none.SnapshotsSkipped));
        Assert.Equal((1L, result.Blobs, result.ReadInBytes), (dry.SnapshotsCopied, dry.Blobs, dry.ReadInBytes));
        Assert.Null(seen.Copies.Single().Copy);
        Assert.Equal(1, result.SnapshotsCopied);
        Assert.InRange(result.BlobsMoved, 1, result.Blobs - 1); // Some frames hold what only the first snapshot needs.
        ObjectId copy = (await CopyFixture.SnapshotsAsync(destination)).Single().Id;
        Assert.Equal(await CopyFixture.RestoreAsync(source.Backend, source.Second), await CopyFixture.RestoreAsync(destination, copy));
        _ = await Assert.ThrowsAsync<SnapshotNotFoundException>(
            () => CopyFixture.CopyAsync(source.Backend, destination, new CopyOptions { Snapshots = ["0123456789"] }));
        await CopyFixture.AssertWholeAsync(destination);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Deep_and_wide_trees_are_copied(bool isLike)
    {
        const int Depth = 3000;
        using FileSystems.TestFolder folder = new(Directory.Exists("/dev/shm") ? "/dev/shm" : null);
        try
        {
            string wide = Directory.CreateDirectory(Path.Combine(folder.FullName, "wide")).FullName;
            for (int i = 0; i < 6000; i++)
            {
                await File.WriteAllTextAsync(Path.Combine(wide, $"a file with a long name, number {i}"), i % 7 == 0 ? $"{i}" : "", Token);
            }
            _ = FileSystems.DeepFolder.Make(folder.Target, Depth);
            await using MemoryBackend source = new();
            await using Repository repository = await TestRepository.InitAsync(source, averageChunkSizeInBytes: 16 << 10);
            // A content list, too.
            byte[] noise = new byte[2_000_000];
            new Random(5).NextBytes(noise);
            await File.WriteAllBytesAsync(Path.Combine(folder.FullName, "wide", "long"), noise, Token);
            BackupResult backup = await BackupOperation.RunAsync(
                repository, new BackupOptions { Paths = [ByteName.FromText(folder.FullName)] }, new RecordingObserver(), Token);
            await using MemoryBackend destination = await CopyFixture.MakeDestinationAsync(source, isLike);

            (CopyResult result, RecordingCopyObserver seen) = await CopyFixture.CopyAsync(source, destination);
            Assert.Empty(seen.Problems);
            Assert.Equal(1, result.SnapshotsCopied);
            await CopyFixture.AssertWholeAsync(destination);

            // Rebuilt as a backup there would have built them: the next backup stores no directory but those above the folder.
            await using Repository copied = await TestRepository.OpenAsync(destination);
            BackupResult again = await BackupOperation.RunAsync(
                copied, new BackupOptions { Paths = [ByteName.FromText(folder.FullName)] }, new RecordingObserver(), Token);
            Assert.Equal(backup.FilesNew, again.FilesUnmodified);
            Assert.InRange(again.AddedInBytes, 0, 3000);
        }
        finally
        {
            FileSystems.DeepFolder.Remove(folder.FullName);
        }
    }
}
