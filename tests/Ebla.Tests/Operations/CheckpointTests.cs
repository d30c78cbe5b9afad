using Ebla.Backends.Memory;
using Ebla.Operations;
using Ebla.Operations.Backups;
using Ebla.Operations.Backups.Sentinels;
using Ebla.Operations.Checks;
using Ebla.Operations.Restores;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Tests.Operations.Restores;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Ebla.Tests.Operations;

public sealed class CheckpointTests : IDisposable
{
    private const int FilesPerFolder = 40;

    private readonly string _folder = Directory.CreateTempSubdirectory("ebla-checkpoint-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Source => Path.Combine(_folder, "source");

    [Fact]
    public async Task A_backup_with_many_checkpoints_ends_in_the_same_tree_as_one_without()
    {
        await FillAsync(folders: 25, sizeInBytes: 20_000);
        await using MemoryBackend backend = new();
        await using Repository repository = await TestRepository.InitAsync(backend);

        BackupResult often = await BackupAsync(repository, TimeSpan.FromMilliseconds(1));
        await using MemoryBackend otherBackend = new();
        await using Repository other = await TestRepository.InitAsync(otherBackend);
        BackupResult never = await BackupAsync(other, TimeSpan.Zero);
        BackupResult again = await BackupAsync(repository, TimeSpan.Zero);

        Assert.InRange(often.PartialSnapshots, 1, 1000);
        Assert.Equal(0, never.PartialSnapshots + again.PartialSnapshots);
        Assert.Equal(25 * FilesPerFolder, again.FilesUnmodified);
        SnapshotList list = await new SnapshotStore(repository).LoadAsync(Token);
        Assert.Equal(often.PartialSnapshots + 2, list.Snapshots.Count);
        Assert.Equal(2, list.WithoutSuperseded().Count);
        Assert.Equal(again.SnapshotId, list.Find("latest").Id);
        using (SnapshotReader reader = await SnapshotReader.OpenAsync(repository, Token))
        {
            Assert.Equal(await TreeOfAsync(reader, often.SnapshotId), await TreeOfAsync(reader, again.SnapshotId));
        }
        // The numbers run on without a gap, and what a partial snapshot says of itself is what it holds.
        Assert.Equal(
            Enumerable.Range(1, list.Snapshots.Count).Select(number => (ulong)number),
            list.Snapshots.Select(stored => stored.Snapshot.Sequence));
        StoredSnapshot[] partial = [.. list.Snapshots.Where(stored => stored.Snapshot.IsPartial)];
        foreach (StoredSnapshot stored in (StoredSnapshot[])[partial[0], partial[partial.Length / 2], partial[^1]])
        {
            await AssertRestoresAsync(repository, stored);
        }
        await AssertCleanAsync(repository);
        // Partial trees, their index segments and snapshots: little.
        Assert.InRange(often.AddedInBytes, never.AddedInBytes, never.AddedInBytes + often.PartialSnapshots * 20_000);
    }

    [Fact]
    public async Task A_backup_shorter_than_the_interval_makes_no_partial_snapshot()
    {
        await FillAsync(folders: 3, sizeInBytes: 1000);
        await using MemoryBackend backend = new();
        await using Repository repository = await TestRepository.InitAsync(backend, time: new FakeTimeProvider());

        BackupResult result = await BackupAsync(repository, TimeSpan.FromMinutes(5));

        Assert.Equal(0, result.PartialSnapshots);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(300)]
    [InlineData(700)]
    public async Task An_interrupted_backup_leaves_a_partial_snapshot_that_restores_and_that_the_next_run_goes_by(int filesBefore)
    {
        await FillAsync(folders: 25, sizeInBytes: 60_000);
        await using MemoryBackend backend = new();
        await using Repository repository = await TestRepository.InitAsync(backend);
        using CancellationTokenSource interruption = new();
        InterruptingObserver observer = new(interruption, filesBefore);

        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BackupOperation.RunAsync(
            repository, Options(TimeSpan.FromHours(1)), observer, interruption.Token));
        await observer.Watching;

        StoredSnapshot partial = Assert.Single((await new SnapshotStore(repository).LoadAsync(Token)).Snapshots);
        Assert.True(partial.Snapshot.IsPartial);
        Assert.InRange(partial.Snapshot.Summary.Files, filesBefore / 2, 25 * FilesPerFolder);
        await AssertRestoresAsync(repository, partial);
        await AssertCleanAsync(repository);

        BackupResult next = await BackupAsync(repository, TimeSpan.FromHours(1));
        Assert.Equal(partial.Snapshot.Summary.Files, next.FilesUnmodified);
        Assert.Equal(25 * FilesPerFolder - partial.Snapshot.Summary.Files, next.FilesNew + next.FilesChanged);
        SnapshotList list = await new SnapshotStore(repository).LoadAsync(Token);
        Assert.Equal(next.SnapshotId, Assert.Single(list.WithoutSuperseded()).Id);
        await AssertCleanAsync(repository);
        await AssertRestoresAsync(repository, list.Find("latest"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task FillAsync(int folders, int sizeInBytes)
    {
        Random random = new(7);
        byte[] content = new byte[sizeInBytes];
        for (int i = 0; i < folders; i++)
        {
            string folder = Directory.CreateDirectory(Path.Combine(Source, $"d{i % 5}", $"e{i}")).FullName;
            for (int k = 0; k < FilesPerFolder; k++)
            {
                random.NextBytes(content);
                await File.WriteAllBytesAsync(Path.Combine(folder, $"f{k:d3}"), content, Token);
            }
        }
    }

    private BackupOptions Options(TimeSpan interval) => new()
    {
        Paths = [ByteName.FromText(Source)],
        CheckpointInterval = interval,
        Sentinel = SentinelShare.Off,
    };

    private async Task<BackupResult> BackupAsync(Repository repository, TimeSpan interval)
    {
        RecordingObserver observer = new();
        BackupResult result = await BackupOperation.RunAsync(repository, Options(interval), observer, Token);
        Assert.Empty(observer.Problems);
        return result;
    }

    private async Task<BlobId> TreeOfAsync(SnapshotReader reader, ObjectId snapshot)
        => (await reader.FindAsync(new SnapshotPath(snapshot.ToString(), ByteName.FromText(Source)), Token)).Tree!.Value;

    private async Task AssertRestoresAsync(Repository repository, StoredSnapshot stored)
    {
        string target = Path.Combine(_folder, $"restored-{stored.Id.ToShortString()}");
        RecordingRestoreObserver observer = new();
        RestoreResult result = await RestoreOperation.RunAsync(
            repository,
            new RestoreOptions { Snapshot = stored.Id.ToString(), Target = ByteName.FromText(target) },
            observer,
            Token);
        Assert.Empty(observer.Problems);
        Assert.Equal(stored.Snapshot.Summary.Files, result.Files);
        Assert.Equal(stored.Snapshot.Summary.Directories, result.Directories);
        long size = 0;
        foreach (string file in Directory.EnumerateFiles(target, "*", SearchOption.AllDirectories))
        {
            byte[] content = await File.ReadAllBytesAsync(file, Token);
            size += content.Length;
            Assert.Equal(await File.ReadAllBytesAsync(file[target.Length..], Token), content);
        }
        Assert.Equal(stored.Snapshot.Summary.SizeInBytes, size);
    }

    private static async Task AssertCleanAsync(Repository repository)
    {
        CheckResult check = await CheckOperation.RunAsync(repository, new CheckOptions { ReadData = true }, new SilentObserver(), Token);
        Assert.Empty(check.Findings);
        Assert.Equal(0, check.BlobsLost);
    }

    private sealed class InterruptingObserver(CancellationTokenSource interruption, int filesBefore) : IBackupObserver
    {
        public Task Watching { get; private set; } = Task.CompletedTask;

        public void Started(BackupCounters counters) => Watching = Task.Run(() =>
        {
            while (counters.Files < filesBefore)
            {
                _ = Thread.Yield();
            }
            interruption.Cancel();
        });

        public void Problem(BackupProblem problem) => Assert.Fail(problem.Message);

        public void Notice(BackupProblem notice) => Assert.Fail(notice.Message);

        public void RotFound(RotAlarm alarm) => Assert.Fail("rot");
    }

    private sealed class SilentObserver : ICheckObserver
    {
        public void Started(CheckCounters counters)
        {
        }

        public void Found(CheckFinding finding)
        {
        }
    }
}
