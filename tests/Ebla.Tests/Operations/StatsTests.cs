using Ebla.Operations.Statistics;
using Ebla.Primitives;
using Ebla.Repositories;
using Xunit;

namespace Ebla.Tests.Operations;

public sealed class StatsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_only_one_snapshot_holds_is_counted_exactly_up_to_rounding()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        await using Repository repository = await TestRepository.OpenAsync(filled.Backend);
        await File.WriteAllBytesAsync(Path.Combine(filled.Folder, "own"), Noise(500_000), Token);
        ObjectId third = await filled.BackupAsync(repository);

        StatsResult stats = await StatsOperation.RunAsync(repository, new StatsOptions(), Token);

        Assert.Equal([filled.First, filled.Second, third], stats.Snapshots.Select(snapshot => snapshot.Stored.Id));
        Assert.InRange(stats.Snapshots[2].Unique.PlaintextInBytes, 500_000, 540_000);
        Assert.InRange(stats.Snapshots[0].Unique.PlaintextInBytes, 50_000, 400_000);
        Assert.True(stats.Snapshots[1].Unique.PlaintextInBytes < 5_000, "all of its files are in the third");
        Assert.InRange(stats.PlaintextInBytes, 1_250_000, 1_800_000);
        Assert.Equal(3, Assert.Single(stats.Kinds, kind => kind.Kind == ObjectKind.Snapshot).Objects);
        Assert.Equal(stats.Kinds.Sum(kind => kind.SizeInBytes), stats.StoredInBytes);
        Assert.Equal(stats.Snapshots.Sum(snapshot => snapshot.Stored.Snapshot.Summary.SizeInBytes), stats.SnapshotsInBytes);
        Assert.InRange(stats.SnapshotsInBytes, 2_600_000, 2_700_000);
        Assert.InRange(stats.CompressionRatio, 0.5, 1.2);
        Assert.Empty(stats.Findings);
    }

    [Fact]
    public async Task Two_equal_snapshots_hold_nothing_of_the_folder_alone()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        await using Repository repository = await TestRepository.OpenAsync(filled.Backend);
        _ = await filled.BackupAsync(repository);
        StatsResult stats = await StatsOperation.RunAsync(repository, new StatsOptions(), Token);
        // The folder's own parent may have changed between the runs: then the tree of the way down to the folder differs.
        Assert.InRange(stats.Snapshots[1].Unique.Blobs, 0, 1);
        Assert.InRange(stats.Snapshots[2].Unique.Blobs, 0, 1);
        Assert.True(stats.Snapshots[0].Unique.Blobs > 0);
    }

    [Fact]
    public async Task An_empty_repository_has_only_keys()
    {
        await using Ebla.Backends.Memory.MemoryBackend backend = new();
        await using Repository repository = await TestRepository.InitAsync(backend);
        StatsResult stats = await StatsOperation.RunAsync(repository, new StatsOptions(), Token);
        Assert.Equal(0, stats.Blobs);
        Assert.Empty(stats.Snapshots);
        Assert.Equal(0.0, stats.TotalRatio);
        Assert.All(stats.Kinds, kind => Assert.Equal(kind.Kind == ObjectKind.Key, kind.Objects > 0));
    }

    private static byte[] Noise(int length)
    {
        byte[] bytes = new byte[length];
        new Random(5).NextBytes(bytes);
        return bytes;
    }
}
