using System.Buffers;
using Ebla.Backends;
using Ebla.Backends.Memory;
using Ebla.Operations.Copies;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Snapshots;
using Ebla.Tests.Backends;
using Xunit;

namespace Ebla.Tests.Operations.Copies;

/// <summary>Copies that are cut off, that read what is damaged, that others get in the way of.</summary>
public sealed class CopyFaultTests
{
    private static readonly CopyOptions SmallPacks = new()
    {
        CommitCountMax = 1,
        FetchesInFlightMax = 1,
        Upload = new UploadOptions { PackSizeInBytes = 100_000, FrameSizeInBytes = 50_000 },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, FaultKind.CrashBefore)]
    [InlineData(true, FaultKind.ErrorAfter)]
    [InlineData(false, FaultKind.CrashAfter)]
    public async Task A_copy_cut_off_at_any_write_leaves_whole_snapshots_and_the_next_goes_on_where_it_was(bool isLike, FaultKind kind)
    {
        const int Seed = 20260202;
        Random random = new(Seed);
        await using FilledRepository source = await FilledRepository.MakeAsync();
        await using MemoryBackend empty = await CopyFixture.MakeDestinationAsync(source.Backend, isLike);
        for (long operation = 1; ; operation++)
        {
            string what = $"operation {operation}, seed {Seed}";
            await using MemoryBackend store = empty.DurableCopy();
            FaultyBackend faulty = new(store, new Fault(operation, kind), BackendOperation.Writes);
            try
            {
                _ = await CopyFixture.CopyAsync(source.Backend, faulty, SmallPacks);
            }
            catch (Exception exception) when (faulty.HasFailed && exception is BackendException or SimulatedCrashException)
            {
                // Cut off.
            }
            await using MemoryBackend left = store.DurableCopy(_ => random.Next(2) == 0);
            IReadOnlyList<StoredSnapshot> before = await CopyFixture.SnapshotsAsync(left);
            await CopyFixture.AssertWholeAsync(left, what);

            (CopyResult rest, RecordingCopyObserver seen) = await CopyFixture.CopyAsync(source.Backend, left, SmallPacks);

            Assert.Empty(seen.Problems);
            Assert.Equal(2, before.Count + rest.SnapshotsCopied);
            // A blob twice would be one that was sent though it was there.
            List<BlobId> blobs = await CopyFixture.BlobsAsync(left);
            Assert.True(blobs.Distinct().Count() == blobs.Count, what);
            await CopyFixture.AssertWholeAsync(left, what);
            IReadOnlyList<StoredSnapshot> copies = await CopyFixture.SnapshotsAsync(left);
            Assert.Equal([source.First, source.Second], copies.Select(copy => copy.Snapshot.Origin!.Value.Snapshot));
            if (!faulty.HasFailed)
            {
                Assert.Equal(2, before.Count);
                Assert.True(operation > 15, "The loop ended early.");
                return;
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_damaged_costs_only_the_snapshots_that_need_it(bool isLike)
    {
        await using FilledRepository source = await FilledRepository.MakeAsync();
        List<ObjectName> before = await source.ListAsync(ObjectKind.Pack);
        await File.WriteAllBytesAsync(Path.Combine(source.Folder, "third"), RandomBytes(100_000), Token);
        ObjectId third;
        await using (Repository repository = await TestRepository.OpenAsync(source.Backend))
        {
            third = await source.BackupAsync(repository);
        }
        await using TamperedBackend tampered = new(source.Backend);
        foreach (ObjectName name in (await source.ListAsync(ObjectKind.Pack)).Except(before))
        {
            byte[] content = await source.ReadAsync(name);
            if (content.Length > 100_000)
            {
                content[60_000] ^= 1;
                tampered.Objects[name] = content;
            }
        }
        _ = Assert.Single(tampered.Objects);
        await File.WriteAllBytesAsync(Path.Combine(source.Folder, "fourth"), RandomBytes(1000), Token);
        await using (Repository repository = await TestRepository.OpenAsync(source.Backend))
        {
            _ = await source.BackupAsync(repository); // Needs what the third needs.
            File.Delete(Path.Combine(source.Folder, "third"));
            _ = await source.BackupAsync(repository); // Does not.
        }
        await using MemoryBackend destination = await CopyFixture.MakeDestinationAsync(source.Backend, isLike);

        (CopyResult result, RecordingCopyObserver seen) = await CopyFixture.CopyAsync(tampered, destination);

        Assert.Equal((3, 2), (result.SnapshotsCopied, result.SnapshotsFailed));
        Assert.InRange(result.BlobsLost, 1, 10);
        Assert.Equal(2, seen.Problems.Count);
        Assert.Contains(third.ToShortString(), seen.Problems.First(), StringComparison.Ordinal);
        Assert.Contains("is damaged", seen.Problems.First(), StringComparison.Ordinal);
        await CopyFixture.AssertWholeAsync(destination);

        // A missing pack is as bad as a damaged one; and when it is whole again the rest follows.
        tampered.Objects[tampered.Objects.Keys.Single()] = null;
        (CopyResult missing, _) = await CopyFixture.CopyAsync(tampered, destination);
        Assert.Equal((0, 3, 2), (missing.SnapshotsCopied, missing.SnapshotsSkipped, missing.SnapshotsFailed));
        (CopyResult healed, _) = await CopyFixture.CopyAsync(source.Backend, destination);
        Assert.Equal((2, 3, 0), (healed.SnapshotsCopied, healed.SnapshotsSkipped, healed.SnapshotsFailed));
        Assert.Equal(5, (await CopyFixture.SnapshotsAsync(destination)).Count);
        await CopyFixture.AssertWholeAsync(destination);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whatever_is_read_wrong_is_noticed_or_made_good(bool isLike)
    {
        await using FilledRepository source = await FilledRepository.MakeAsync();
        await using MemoryBackend empty = await CopyFixture.MakeDestinationAsync(source.Backend, isLike);
        await using MemoryBackend good = empty.DurableCopy();
        _ = await CopyFixture.CopyAsync(source.Backend, good, SmallPacks);
        Dictionary<ObjectId, BlobId> expected = (await CopyFixture.SnapshotsAsync(good))
            .ToDictionary(copy => copy.Snapshot.Origin!.Value.Snapshot, copy => copy.Snapshot.Root);
        int whole = 0;
        for (long operation = 1; ; operation++)
        {
            FaultyBackend faulty = new(source.Backend, new Fault(operation, FaultKind.FlippedBit), BackendOperation.Get);
            await using MemoryBackend destination = empty.DurableCopy();
            try
            {
                (CopyResult result, _) = await CopyFixture.CopyAsync(faulty, destination, SmallPacks);
                whole += result.SnapshotsFailed == 0 ? 1 : 0;
            }
            catch (EblaException)
            {
                // Noticed: a key object, for one.
            }
            await CopyFixture.AssertWholeAsync(destination, $"operation {operation}");
            foreach (StoredSnapshot copy in await CopyFixture.SnapshotsAsync(destination))
            {
                Assert.Equal(expected[copy.Snapshot.Origin!.Value.Snapshot], copy.Snapshot.Root); // And so everything below it.
            }
            if (!faulty.HasFailed)
            {
                Assert.True(operation > 10 && whole > 2, $"{operation} operations, {whole} good copies");
                return;
            }
        }
    }

    [Fact]
    public async Task A_copy_whose_session_is_declared_dead_begins_another_and_ends()
    {
        await using FilledRepository source = await FilledRepository.MakeAsync();
        await using MemoryBackend destination = await CopyFixture.MakeDestinationAsync(source.Backend, isLike: true);
        await using SessionEnder ender = new(destination);

        (CopyResult result, _) = await CopyFixture.CopyAsync(source.Backend, ender, SmallPacks);

        Assert.True(ender.HasStruck);
        Assert.Equal(2, result.SnapshotsCopied);
        Assert.Equal(2, (await CopyFixture.SnapshotsAsync(destination)).Count);
        await CopyFixture.AssertWholeAsync(destination);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Backups_into_the_destination_and_the_source_go_on_meanwhile(bool isLike)
    {
        await using FilledRepository source = await FilledRepository.MakeAsync();
        await using FilledRepository other = await FilledRepository.MakeAsync(2);
        await using MemoryBackend destination = await CopyFixture.MakeDestinationAsync(source.Backend, isLike);

        async Task BackUpAsync(FilledRepository what, IBackend to)
        {
            await using Repository repository = await TestRepository.OpenAsync(to);
            for (int i = 0; i < 3; i++)
            {
                _ = await what.BackupAsync(repository);
            }
        }

        Task copy = CopyFixture.CopyAsync(source.Backend, destination, SmallPacks);
        await Task.WhenAll(copy, BackUpAsync(other, destination), BackUpAsync(source, destination), BackUpAsync(other, source.Backend));
        (CopyResult rest, _) = await CopyFixture.CopyAsync(source.Backend, destination);

        Assert.Equal(0, rest.SnapshotsFailed);
        IReadOnlyList<StoredSnapshot> all = await CopyFixture.SnapshotsAsync(destination);
        Assert.Equal(6 + 5, all.Count);
        Assert.Equal(5, all.Select(stored => stored.Snapshot.Origin).OfType<SnapshotOrigin>().Distinct().Count());
        foreach (StoredSnapshot stored in all)
        {
            _ = await CopyFixture.RestoreAsync(destination, stored.Id);
        }
    }

    private static byte[] RandomBytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Declares the first session dead that puts an intent: its announcement goes.</summary>
    private sealed class SessionEnder(MemoryBackend inner) : PassingBackend(inner)
    {
        private readonly List<ObjectName> _sessions = [];

        public bool HasStruck { get; private set; }

        public override async ValueTask PutAsync(ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default)
        {
            await Inner.PutAsync(name, content, cancellationToken);
            if (name.Kind == ObjectKind.Session)
            {
                _sessions.Add(name);
                if (_sessions.Count == 2)
                {
                    HasStruck = true;
                    await Inner.DeleteAsync(_sessions[0], cancellationToken);
                }
            }
        }
    }
}
