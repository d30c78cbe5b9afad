using Ebla.Backends;
using Ebla.Backends.Decorators;
using Ebla.Backends.Traffic;
using Ebla.Operations.Backups;
using Ebla.Operations.Checks;
using Ebla.Operations.Listing;
using Ebla.Operations.Restores;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Tests.Backends;
using Ebla.Tests.Backends.Decorators;
using Ebla.Tests.Operations.Restores;
using Xunit;

namespace Ebla.Tests.Operations;

/// <summary>Work over a store that is far away: how often it waits for an answer, what the cache saves, and lines that drop.</summary>
public sealed class FarStoreTests : IAsyncLifetime
{
    private readonly string _root = Directory.CreateTempSubdirectory("ebla-test-").FullName;
    private FilledRepository _filled = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Cache => Path.Combine(_root, "cache");

    public async ValueTask InitializeAsync()
    {
        // Not where other tests make and remove folders all the time: those on the way to it would be new trees.
        _filled = await FilledRepository.MakeAsync(parent: "/var/tmp");
        await using Repository repository = await TestRepository.OpenAsync(_filled.Backend);
        for (int i = 0; i < 8; i++)
        {
            await File.WriteAllTextAsync(Path.Combine(_filled.Folder, $"more{i}"), $"{i}", Token);
            _ = await _filled.BackupAsync(repository);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _filled.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task Few_answers_are_waited_for_in_a_row()
    {
        Dictionary<string, int> most = new()
        {
            ["open"] = 2,
            ["snapshots"] = 4,
            ["restore"] = 12,
            ["check"] = 18,
            ["first backup"] = 17,
            ["next backup"] = 16,
        };
        Dictionary<string, (int RoundTrips, int Calls)> counted = new()
        {
            ["open"] = await CountAsync(_ => Task.CompletedTask),
            ["snapshots"] = await CountAsync(repository => SnapshotsOperation.RunAsync(repository, Token)),
            ["restore"] = await CountAsync(repository => RestoreOperation.RunAsync(
                repository,
                new RestoreOptions { Snapshot = "latest", Target = ByteName.FromText(Path.Combine(_root, "restored")) },
                new RecordingRestoreObserver(),
                Token)),
            ["check"] = await CountAsync(repository => CheckOperation.RunAsync(repository, new CheckOptions(), new QuietCheck(), Token)),
            ["first backup"] = await CountAsync(_filled.BackupAsync),
            ["next backup"] = await CountAsync(_filled.BackupAsync),
        };
        string report = string.Join("; ", counted.Select(item => $"{item.Key} {item.Value.RoundTrips} of {item.Value.Calls} calls"));
        TestContext.Current.TestOutputHelper?.WriteLine(report);
        Assert.All(counted, item => Assert.True(item.Value.RoundTrips <= most[item.Key], report));
    }

    [Fact]
    public async Task With_a_warm_cache_an_unchanged_backup_reads_no_pack_and_no_snapshot()
    {
        await using (Repository repository = await OpenAsync(_filled.Backend))
        {
            _ = await _filled.BackupAsync(repository);
        }
        RecordingBackend recording = new(_filled.Backend);
        await using Repository warm = await OpenAsync(recording);
        _ = await _filled.BackupAsync(warm);
        Assert.DoesNotContain(recording.Calls, call => call.Operation == BackendOperation.Get
            && call.Name?.Kind is ObjectKind.Pack or ObjectKind.Snapshot or ObjectKind.Index);
        Assert.DoesNotContain(recording.Calls, call => call.Operation == BackendOperation.Put && call.Name?.Kind is ObjectKind.Pack);
    }

    [Fact]
    public async Task A_cache_that_has_rotted_is_as_none()
    {
        await using (Repository repository = await OpenAsync(_filled.Backend))
        {
            _ = await _filled.BackupAsync(repository);
        }
        string[] cached = Directory.GetFiles(Cache, "*", SearchOption.AllDirectories)
            .Where(path => path.Contains("metadata", StringComparison.Ordinal)).ToArray();
        Assert.True(cached.Length > 3);
        foreach (string path in cached)
        {
            byte[] content = await File.ReadAllBytesAsync(path, Token);
            content[content.Length / 2] ^= 1;
            await File.WriteAllBytesAsync(path, content, Token);
        }
        RecordingObserver observer = new();
        await using (Repository repository = await OpenAsync(_filled.Backend))
        {
            BackupResult result = await BackupOperation.RunAsync(
                repository, new BackupOptions { Paths = [ByteName.FromText(_filled.Folder)] }, observer, Token);
            Assert.Equal(0, result.FilesNew + result.FilesChanged);
        }
        Assert.Empty(observer.Notices);
        await CheckAsync(_filled.Backend);
    }

    [Fact]
    public async Task Over_a_line_that_drops_every_few_calls_a_backup_ends_and_sends_nothing_twice()
    {
        Random random = new(5);
        for (int i = 0; i < 30; i++)
        {
            byte[] noise = new byte[40_000];
            random.NextBytes(noise);
            await File.WriteAllBytesAsync(Path.Combine(_filled.Folder, $"noise{i}"), noise, Token);
        }
        for (int seed = 0; seed < 12; seed++)
        {
            Ebla.Backends.Memory.MemoryBackend store = new(showsUnflushed: true);
            await using (await TestRepository.InitAsync(store))
            {
            }
            RecordingBackend recording = new(store);
            TrafficMeter meter = new();
            await using RetryingBackend line = new(
                FaultyBackend.Dropping(recording, seed, 4),
                new Retries(RetryTimes.Always(TimeSpan.FromMinutes(1)), TimeProvider.System, new NoChance(), meter, _ => { }));
            await using (Repository repository = await OpenAsync(line))
            {
                _ = await BackupOperation.RunAsync(
                    repository,
                    new BackupOptions
                    {
                        Paths = [ByteName.FromText(_filled.Folder)],
                        Upload = new UploadOptions
                        {
                            PackSizeInBytes = 64 << 10,
                            FrameSizeInBytes = 32 << 10,
                            HeartbeatInterval = TimeSpan.FromMilliseconds(20),
                        },
                        CheckpointInterval = TimeSpan.FromMilliseconds(50),
                    },
                    new RecordingObserver(),
                    Token);
            }
            Assert.True(meter.Read().Retries > 5, $"seed {seed}");
            ObjectName?[] put = [.. recording.Calls.Where(call => call.Operation == BackendOperation.Put).Select(call => call.Name)];
            Assert.True(put.Length == put.Distinct().Count(), $"seed {seed}: something was sent twice");
            await CheckAsync(store.DurableCopy());
        }
    }

    [Fact]
    public async Task A_restore_and_a_check_over_a_line_that_drops_end_well()
    {
        for (int seed = 0; seed < 12; seed++)
        {
            await using RetryingBackend line = new(
                FaultyBackend.Dropping(_filled.Backend, seed, 3, BackendOperation.Reads),
                new Retries(RetryTimes.Always(TimeSpan.FromMinutes(1)), TimeProvider.System, new NoChance(), new TrafficMeter(), _ => { }));
            await using Repository repository = await TestRepository.OpenAsync(line);
            RestoreResult result = await RestoreOperation.RunAsync(
                repository,
                new RestoreOptions { Snapshot = "latest", Target = ByteName.FromText(Path.Combine(_root, $"restored{seed}")) },
                new RecordingRestoreObserver(),
                Token);
            Assert.Equal(0, result.Errors);
            CheckResult check = await CheckOperation.RunAsync(
                repository, new CheckOptions { ReadData = true }, new QuietCheck(), Token);
            Assert.False(check.HasDamage, $"seed {seed}");
        }
    }

    private static async Task CheckAsync(IBackend store)
    {
        await using Repository repository = await TestRepository.OpenAsync(store);
        CheckResult check = await CheckOperation.RunAsync(repository, new CheckOptions { ReadData = true }, new QuietCheck(), Token);
        Assert.False(check.HasDamage);
    }

    private async Task<(int RoundTrips, int Calls)> CountAsync(Func<Repository, Task> work)
    {
        await using RoundTrips trips = new();
        RecordingBackend recording = new(_filled.Backend, trips.WaitAsync);
        await using (Repository repository = await OpenAsync(recording))
        {
            await work(repository);
        }
        return (trips.Count, recording.Calls.Count(call => call.Operation != BackendOperation.Flush));
    }

    private async Task<Repository> OpenAsync(IBackend backend)
    {
        using var credential = Ebla.Keys.Credential.FromKeyFile(TestRepository.KeyFile);
        return await Repository.OpenAsync(
            backend, credential, new RepositoryOptions { CacheFolder = Cache, MetadataCacheSizeInBytes = 64 << 20 }, Token);
    }

    private sealed class QuietCheck : ICheckObserver
    {
        public void Started(CheckCounters counters)
        {
        }

        public void Found(CheckFinding finding)
        {
        }
    }
}
