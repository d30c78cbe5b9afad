using Ebla.Backends;
using Ebla.Backends.Memory;
using Ebla.Operations.Backups;
using Ebla.Operations.Checks;
using Ebla.Operations.Prunes;
using Ebla.Operations.Retention;
using Ebla.Primitives;
using Ebla.Repositories;
using Xunit;

namespace Ebla.Tests.Operations.Prunes;

/// <summary>A folder that changes, with a snapshot after each change, in a store in memory.</summary>
internal sealed class PruneFixture : IAsyncDisposable
{
    private readonly Random _random;

    private PruneFixture(int seed) => _random = new Random(seed);

    public string Folder { get; } = Directory.CreateTempSubdirectory("ebla-prune-").FullName;

    public MemoryBackend Backend { get; } = new();

    public List<ObjectId> Snapshots { get; } = [];

    // Small, so that there are several of each.
    public static UploadOptions Upload { get; } = new() { PackSizeInBytes = 400_000, FrameSizeInBytes = 100_000 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Makes one with so many snapshots.</summary>
    public static async Task<PruneFixture> MakeAsync(int snapshots, int seed = 1)
    {
        PruneFixture fixture = new(seed);
        await using Repository repository = await TestRepository.InitAsync(fixture.Backend);
        for (int i = 0; i < snapshots; i++)
        {
            fixture.Change(i);
            fixture.Snapshots.Add(await fixture.BackupAsync(repository));
        }
        return fixture;
    }

    public async Task<ObjectId> BackupAsync(Repository repository)
        => (await BackupOperation.RunAsync(
            repository, new BackupOptions { Paths = [ByteName.FromText(Folder)], Upload = Upload }, new RecordingObserver(), Token)).SnapshotId;

    /// <summary>Forgets snapshots, by their places in the list.</summary>
    public async Task ForgetAsync(IBackend backend, params int[] places)
    {
        await using Repository repository = await TestRepository.OpenAsync(backend);
        _ = await ForgetOperation.RunAsync(
            repository,
            new ForgetOptions
            {
                Snapshots = [.. places.Select(place => Snapshots[place].ToString())],
                AllowsEmptyGroup = true,
                IsConfirmed = true,
            },
            Token);
    }

    public static async Task<PruneResult> PruneAsync(IBackend backend, PruneOptions? options = null, IPruneObserver? observer = null)
    {
        await using Repository repository = await TestRepository.OpenAsync(backend);
        return await PruneOperation.RunAsync(
            repository, (options ?? new PruneOptions()) with { Upload = Upload }, observer ?? new RecordingPruneObserver(), Token);
    }

    /// <summary>All is there and sound, of these snapshots, read whole.</summary>
    public static async Task ExpectWholeAsync(IBackend backend, IEnumerable<ObjectId> snapshots, string when = "")
    {
        await using Repository repository = await TestRepository.OpenAsync(backend);
        SnapshotList list = await new SnapshotStore(repository).LoadAsync(Token);
        Assert.Equal(snapshots.Order(), list.Snapshots.Select(stored => stored.Id).Order());
        CheckResult result = await CheckOperation.RunAsync(repository, new CheckOptions { ReadData = true }, new SilentCheckObserver(), Token);
        Assert.True(
            result.Findings.All(finding => finding.Severity != CheckSeverity.Damage),
            $"{when}: {string.Join("; ", result.Findings.Select(finding => finding.Message))}");
        Assert.Equal(0, result.BlobsLost);
    }

    /// <summary>A check of the catalog.</summary>
    public static Task<CheckResult> CheckAsync(Repository repository)
        => CheckOperation.RunAsync(repository, new CheckOptions(), new SilentCheckObserver(), Token);

    /// <summary>The bytes of all objects.</summary>
    public static async Task<long> SizeAsync(IBackend backend, params ObjectKind[] kinds)
    {
        long size = 0;
        foreach (ObjectKind kind in kinds.Length > 0 ? kinds : [.. RepositoryLayout.Kinds])
        {
            await foreach (ObjectInfo info in backend.ListAsync(kind, Token))
            {
                size += info.SizeInBytes;
            }
        }
        return size;
    }

    public async ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        await Backend.DisposeAsync();
    }

    /// <summary>Small files that compress, of which a third changes each time; and noise, of which a part does.</summary>
    public void Change(int round)
    {
        for (int i = 0; i < 120; i++)
        {
            string path = Path.Combine(Folder, $"d{i % 7}", $"f{i}");
            _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (round == 0 || _random.Next(3) == 0)
            {
                IEnumerable<string> lines = Enumerable.Range(0, 40 + _random.Next(400)).Select(line => $"{line} of {i} {_random.Next(9)}");
                File.WriteAllText(path, string.Join('\n', lines));
            }
        }
        string noise = Path.Combine(Folder, "noise");
        byte[] bytes = round == 0 ? new byte[1_500_000] : File.ReadAllBytes(noise);
        int start = round == 0 ? 0 : _random.Next(bytes.Length - 300_000);
        _random.NextBytes(bytes.AsSpan(start, round == 0 ? bytes.Length : 300_000));
        File.WriteAllBytes(noise, bytes);
    }

    private sealed class SilentCheckObserver : ICheckObserver
    {
        public void Started(CheckCounters counters)
        {
        }

        public void Found(CheckFinding finding)
        {
        }
    }
}
