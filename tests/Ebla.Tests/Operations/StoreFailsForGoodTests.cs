using Ebla.Backends;
using Ebla.Backends.Decorators;
using Ebla.Backends.Memory;
using Ebla.Backends.Traffic;
using Ebla.Operations.Backups;
using Ebla.Operations.Restores;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Tests.Backends;
using Ebla.Tests.Backends.Decorators;
using Ebla.Tests.Operations.Copies;
using Ebla.Tests.Operations.Restores;
using Xunit;

namespace Ebla.Tests.Operations;

/// <summary>The time for trying again is over in the middle of a backup. What had arrived counts for the next one.</summary>
public sealed class StoreFailsForGoodTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("ebla-for-good-").FullName;
    private readonly RunningClock _clock = new(TimeSpan.FromSeconds(5));

    private string Source => Path.Combine(_root, "source");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(nameof(BackendOperation.Put), FaultKind.ErrorBefore)]
    [InlineData(nameof(BackendOperation.All), FaultKind.ErrorBefore)]
    [InlineData(nameof(BackendOperation.All), FaultKind.ErrorAfter)]
    public async Task A_put_that_fails_for_good_ends_the_backup_and_the_next_sends_nothing_again_that_arrived(string operation, FaultKind kind)
    {
        const int Seed = 20260317;
        Random random = new(Seed);
        _ = Directory.CreateDirectory(Source);
        for (int i = 0; i < 12; i++)
        {
            byte[] noise = new byte[100_000];
            random.NextBytes(noise);
            await File.WriteAllBytesAsync(Path.Combine(Source, $"noise{i}"), noise, Token);
        }
        long whole = await MeasureAsync();
        int failed = 0, resumed = 0;
        var faultyOperations = Enum.Parse<BackendOperation>(operation);
        for (long number = 1; ; number += faultyOperations == BackendOperation.Put ? 1 : 5)
        {
            string what = $"{kind} from operation {number} on, seed {Seed}";
            await using MemoryBackend store = new(showsUnflushed: true);
            await using (await TestRepository.InitAsync(store))
            {
            }
            FaultyBackend faulty = new(store, new Fault(number, kind, long.MaxValue), faultyOperations);
            bool isBackedUp = await IsBackedUpAsync(faulty);
            await CopyFixture.AssertWholeAsync(store, what);
            if (!faulty.HasFailed)
            {
                Assert.True(isBackedUp && failed > 5 && resumed > 2, $"The loop ended early: {failed} failed, {resumed} resumed.");
                return;
            }
            if (isBackedUp)
            {
                // Only what tidies up behind the snapshot failed.
                Assert.Single(await CopyFixture.SnapshotsAsync(store));
                continue;
            }
            failed++;
            long arrived = await PackBytesAsync(store);
            resumed += arrived > 0 ? 1 : 0;

            TrafficMeter meter = new();
            await using (Repository repository = await TestRepository.OpenAsync(new CountingBackend(store, meter)))
            {
                await BackupAsync(repository);
                _ = await RestoreOperation.RunAsync(
                    repository,
                    new RestoreOptions
                    {
                        Snapshot = "latest",
                        PathInSnapshot = ByteName.FromText(Source),
                        Target = ByteName.FromText(Path.Combine(_root, "restored")),
                    },
                    new RecordingRestoreObserver(),
                    Token);
            }
            List<BlobId> blobs = await CopyFixture.BlobsAsync(store);
            Assert.True(blobs.Distinct().Count() == blobs.Count, $"{what}: a blob was sent though it was there");
            // Less than another pack: trees, records of the session, the index come again.
            Assert.True(meter.Read().SentInBytes < whole - arrived + 60_000, $"{what}: {meter.Read().SentInBytes} sent, {arrived} were there");
            await CopyFixture.AssertWholeAsync(store, what);
            Assert.Equal(TreeListing.Of(Source), TreeListing.Of(Path.Combine(_root, "restored")));
            Directory.Delete(Path.Combine(_root, "restored"), recursive: true);
        }
    }

    private async Task<long> MeasureAsync()
    {
        TrafficMeter meter = new();
        await using Repository repository = await TestRepository.InitAsync(new CountingBackend(new MemoryBackend(showsUnflushed: true), meter));
        await BackupAsync(repository);
        return meter.Read().SentInBytes;
    }

    private async Task<bool> IsBackedUpAsync(IBackend store)
    {
        Retries retries = new(RetryTimes.Always(TimeSpan.FromMinutes(2)), _clock.Time, new Random(1), new TrafficMeter(), _ => { });
        bool isBackedUp = true;
        _ = await _clock.RunAsync(async () =>
        {
            try
            {
                await using Repository repository = await TestRepository.OpenAsync(new RetryingBackend(store, retries));
                await BackupAsync(repository);
            }
            catch (BackendException exception) when (exception.IsTransient)
            {
                isBackedUp = false;
            }
        });
        return isBackedUp;
    }

    private async Task BackupAsync(Repository repository)
    {
        RecordingObserver observer = new();
        _ = await BackupOperation.RunAsync(
            repository,
            new BackupOptions
            {
                Paths = [ByteName.FromText(Source)],
                Upload = new UploadOptions { PackSizeInBytes = 100_000, FrameSizeInBytes = 50_000 },
            },
            observer,
            Token);
        Assert.Empty(observer.Problems);
    }

    private static async Task<long> PackBytesAsync(IBackend store)
        => (await TestObject.ListAsync(store, ObjectKind.Pack)).Sum(info => info.SizeInBytes);
}
