using System.Buffers;
using Ebla.Backends;
using Ebla.Backends.Memory;
using Ebla.Operations.Prunes;
using Ebla.Operations.Retention;
using Ebla.Primitives;
using Ebla.Repositories;
using Xunit;

namespace Ebla.Tests.Operations.Prunes;

public sealed class PruneTests
{
    private static readonly PruneOptions All = new() { UnusedShareMax = 0, SessionWait = TimeSpan.Zero };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_anything_forgotten_nothing_is_removed()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(3);
        long before = await PruneFixture.SizeAsync(fixture.Backend, ObjectKind.Pack, ObjectKind.Snapshot);

        PruneResult result = await PruneFixture.PruneAsync(fixture.Backend, All);

        Assert.Equal((0, 0, 0), (result.SnapshotsRemoved, result.PacksUnused, result.PacksRemoved));
        Assert.Equal(before, await PruneFixture.SizeAsync(fixture.Backend, ObjectKind.Pack, ObjectKind.Snapshot));
        await PruneFixture.ExpectWholeAsync(fixture.Backend, fixture.Snapshots);
    }

    [Theory]
    [InlineData(0.0, 1.02)]
    [InlineData(null, 1.05)]
    public async Task What_is_left_is_hardly_more_than_a_fresh_repository_would_hold(double? unusedShareMax, double ratioMax)
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(8);
        await fixture.ForgetAsync(fixture.Backend, 0, 1, 2, 3, 4, 5, 6);
        await using MemoryBackend fresh = new();
        await using (Repository repository = await TestRepository.InitAsync(fresh))
        {
            _ = await fixture.BackupAsync(repository);
        }
        long before = await PruneFixture.SizeAsync(fixture.Backend);

        PruneResult result = await PruneFixture.PruneAsync(fixture.Backend, All with
        {
            UnusedShareMax = unusedShareMax ?? new PruneOptions().UnusedShareMax,
        });

        long after = await PruneFixture.SizeAsync(fixture.Backend);
        Assert.Equal(7, result.SnapshotsRemoved);
        Assert.Equal(before - after, result.RemovedInBytes - result.StoredInBytes);
        long freshSize = await PruneFixture.SizeAsync(fresh);
        Assert.True(after < freshSize * ratioMax, $"{before} bytes before, {after} after, a fresh one {freshSize}");
        await PruneFixture.ExpectWholeAsync(fixture.Backend, fixture.Snapshots[^1..]);
    }

    [Fact]
    public async Task A_dry_run_changes_nothing_and_its_numbers_are_those_of_the_prune_to_the_byte()
    {
        for (int seed = 1; seed <= 4; seed++)
        {
            await using PruneFixture fixture = await PruneFixture.MakeAsync(5, seed);
            await fixture.ForgetAsync(fixture.Backend, 0, 2, 3);
            MemoryBackend before = fixture.Backend.DurableCopy();

            PruneResult planned = await PruneFixture.PruneAsync(fixture.Backend, All with { DryRun = true });

            Assert.True(planned.IsDryRun);
            Assert.Equal(await PruneFixture.SizeAsync(before), await PruneFixture.SizeAsync(fixture.Backend));
            PruneResult done = await PruneFixture.PruneAsync(fixture.Backend, All);
            Assert.Equal(planned with { IsDryRun = false, Duration = default }, done with { Duration = default });
            Assert.True(done.PacksRepacked > 0 && done.ReadInBytes > 0, $"seed {seed}: nothing was repacked");
        }
    }

    [Fact]
    public async Task However_many_sealers_are_at_work_the_same_is_stored()
    {
        // Numbers of frames from 24 on take a byte more in their records; so it matters which frame gets which.
        UploadOptions upload = PruneFixture.Upload with { FrameSizeInBytes = 10_000 };
        await using PruneFixture fixture = await PruneFixture.MakeAsync(5);
        await fixture.ForgetAsync(fixture.Backend, 0, 2, 3);
        long? stored = null;
        foreach (int sealers in (int[])[1, 2, 8, 8, 8])
        {
            await using Repository repository = await TestRepository.OpenAsync(fixture.Backend);
            PruneOptions options = All with { DryRun = true, Upload = upload with { SealerCount = sealers } };
            PruneResult result = await PruneOperation.RunAsync(repository, options, new RecordingPruneObserver(), Token);
            stored ??= result.StoredInBytes;
            Assert.Equal(stored, result.StoredInBytes);
        }
        Assert.True(stored > 1_000_000);
    }

    [Fact]
    public async Task A_prune_that_dies_anywhere_loses_nothing_and_the_next_one_ends_what_it_began()
    {
        int changes = int.MaxValue;
        for (int deadline = 0; deadline <= changes; deadline++)
        {
            await using PruneFixture fixture = await PruneFixture.MakeAsync(4, seed: deadline);
            await fixture.ForgetAsync(fixture.Backend, 0, 2);
            ObjectId[] counted = [fixture.Snapshots[1], fixture.Snapshots[3]];
            DyingBackend dying = new(fixture.Backend, deadline);
            try
            {
                _ = await PruneFixture.PruneAsync(dying, All);
                changes = dying.Changes;
            }
            catch (BackendException)
            {
                // As it was to be.
            }
            Random random = new(deadline);
            await using MemoryBackend left = fixture.Backend.DurableCopy(_ => random.Next(2) == 0);
            string when = $"dead after {deadline} changes";
            await PruneFixture.ExpectWholeAsync(left, counted, when);

            PruneResult result = await PruneFixture.PruneAsync(left, new PruneOptions
            {
                UnusedShareMax = 0,
                FenceAfter = TimeSpan.FromMilliseconds(40),
                SessionWait = TimeSpan.FromSeconds(20),
            });

            Assert.True(result.SessionsStanding == 0, when);
            await PruneFixture.ExpectWholeAsync(left, counted, $"{when}, and pruned again");
            PruneResult last = await PruneFixture.PruneAsync(left, All);
            Assert.Equal((0, 0), (last.PacksRemoved, last.SnapshotsRemoved));
            Assert.Equal(2, await CountAsync(left, ObjectKind.Snapshot));
        }
        Assert.InRange(changes, 15, 400);
    }

    [Fact]
    public async Task While_a_writer_is_at_work_nothing_that_it_may_rely_on_is_removed()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(3);
        await fixture.ForgetAsync(fixture.Backend, 0, 1);
        await using Repository writer = await TestRepository.OpenAsync(fixture.Backend);
        SessionRegister register = new(fixture.Backend, writer.Keys);
        await register.AnnounceAsync(Token);

        PruneResult busy = await PruneFixture.PruneAsync(fixture.Backend, All);

        Assert.Equal((1, 1, 0), (busy.SessionsWaitedFor, busy.SessionsStanding, busy.PacksRemoved));
        Assert.True(busy.PacksLeft > 0);
        Assert.True(busy.PacksRepacked > 0 && busy.ReadInBytes > 0, "what it copied before it had to stop is told");
        Assert.Equal(3, await CountAsync(fixture.Backend, ObjectKind.Snapshot));
        await register.EndAsync(Token);
        PruneResult free = await PruneFixture.PruneAsync(fixture.Backend, All);
        Assert.Equal(busy.PacksLeft, free.PacksRemoved);
        Assert.Equal((2, 0), (free.SnapshotsRemoved, free.PacksLeft));
        await PruneFixture.ExpectWholeAsync(fixture.Backend, fixture.Snapshots[^1..]);
    }

    [Fact]
    public async Task What_a_writer_came_to_need_of_condemned_packs_is_copied_out_of_them()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(2);
        // A writer that knows the first snapshot's blobs as stored, and commits them again while they are condemned.
        await using Repository writer = await TestRepository.OpenAsync(fixture.Backend);
        SnapshotList known = await new SnapshotStore(writer).LoadAsync(Token);
        UploadSession session = await UploadSession.StartAsync(writer, PruneFixture.Upload, Token);
        await fixture.ForgetAsync(fixture.Backend, 0, 1);
        PruneResult busy = await PruneFixture.PruneAsync(fixture.Backend, All);
        Assert.True(busy.PacksLeft > 0);
        ObjectId late = await session.CommitAsync(
            _ => known.Snapshots[0].Snapshot with { Sequence = 3 }, Token);
        await session.DisposeAsync();

        PruneResult result = await PruneFixture.PruneAsync(fixture.Backend, All);

        Assert.Equal(busy.PacksLeft, result.PacksRemoved);
        await PruneFixture.ExpectWholeAsync(fixture.Backend, [late]);
    }

    [Fact]
    public async Task A_session_without_a_sign_of_life_is_declared_over_and_its_intent_is_ended()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(2);
        await using Repository dead = await TestRepository.OpenAsync(fixture.Backend);
        SnapshotList known = await new SnapshotStore(dead).LoadAsync(Token);
        SessionRegister register = new(fixture.Backend, dead.Keys);
        await register.AnnounceAsync(Token);
        (ObjectName whole, byte[] wholeContent) = Ebla.Snapshots.SnapshotCodec.Seal(
            dead.Keys, known.Snapshots[0].Snapshot with { Sequence = 3 });
        (_, byte[] brokenContent) = Ebla.Snapshots.SnapshotCodec.Seal(
            dead.Keys, known.Snapshots[0].Snapshot with { Sequence = 4, Root = new BlobId(new Hash256(1, 2, 3, 4)) });
        _ = await register.IntendAsync(wholeContent, Token);
        _ = await register.IntendAsync(brokenContent, Token);
        await fixture.ForgetAsync(fixture.Backend, 0);
        RecordingPruneObserver observer = new();

        PruneResult result = await PruneFixture.PruneAsync(
            fixture.Backend,
            new PruneOptions { FenceAfter = TimeSpan.FromMilliseconds(50), SessionWait = TimeSpan.FromSeconds(20), UnusedShareMax = 0 },
            observer);

        Assert.Equal((1, 0, 1), (result.SessionsFenced, result.SessionsStanding, result.SnapshotsFinished));
        Assert.Contains(observer.Notices, notice => notice.Contains("no sign of life", StringComparison.Ordinal));
        Assert.False(await register.StandsAsync(Token));
        await PruneFixture.ExpectWholeAsync(fixture.Backend, [fixture.Snapshots[1], whole.Id]);
        Assert.Equal(1, await CountAsync(fixture.Backend, ObjectKind.Session)); // The fence.
    }

    [Fact]
    public async Task An_undeleted_snapshot_stays_and_one_that_a_prune_removed_never_counts_again()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(3);
        await fixture.ForgetAsync(fixture.Backend, 0, 1);
        await using Repository repository = await TestRepository.OpenAsync(fixture.Backend);
        byte[] gone = (await repository.Objects.TryReadAsync(new ObjectName(ObjectKind.Snapshot, fixture.Snapshots[1]), 1 << 20, Token))!;
        _ = await UndeleteOperation.RunAsync(repository, [fixture.Snapshots[0].ToString()], Token);

        PruneResult result = await PruneFixture.PruneAsync(fixture.Backend, All);

        Assert.Equal(1, result.SnapshotsRemoved);
        await PruneFixture.ExpectWholeAsync(fixture.Backend, [fixture.Snapshots[0], fixture.Snapshots[2]]);
        // A put of long ago that arrives late.
        await fixture.Backend.PutAsync(
            new ObjectName(ObjectKind.Snapshot, fixture.Snapshots[1]), new ReadOnlySequence<byte>(gone), Token);
        await fixture.Backend.FlushAsync(Token);
        await PruneFixture.ExpectWholeAsync(fixture.Backend, [fixture.Snapshots[0], fixture.Snapshots[2]]);
        _ = await PruneFixture.PruneAsync(fixture.Backend, All);
        Assert.Equal(2, await CountAsync(fixture.Backend, ObjectKind.Snapshot));
    }

    [Fact]
    public async Task Of_something_stored_twice_a_damaged_copy_is_not_the_one_that_stays()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(1);
        // The same again, by a writer that does not see what is there: as two machines at once do.
        await using (Repository repository = await TestRepository.OpenAsync(fixture.Backend))
        {
            HashSet<ObjectId> shunned = [];
            await foreach (ObjectInfo info in fixture.Backend.ListAsync(ObjectKind.Pack, Token))
            {
                _ = shunned.Add(info.Name.Id);
            }
            PruneOptions options = new() { Upload = PruneFixture.Upload };
            LoadedCatalog catalog = await repository.CreateCatalogLoader().LoadForPruningAsync(Token);
            SnapshotList list = await new SnapshotStore(repository).LoadAsync(Token);
            BlobId[] roots = [list.Snapshots[0].Snapshot.Root];
            Assert.True(await new LiveMover(repository, options).MoveAsync(catalog, new LiveMark(catalog, roots, Token), shunned, Token));
            catalog.Index.Dispose();
        }
        int damaged = 0;
        List<ObjectInfo> packs = [];
        await foreach (ObjectInfo info in fixture.Backend.ListAsync(ObjectKind.Pack, Token))
        {
            packs.Add(info);
        }
        foreach (ObjectInfo pack in packs)
        {
            // Whichever copy is damaged: either the other one goes not, or nothing goes.
            await using MemoryBackend copy = fixture.Backend.DurableCopy();
            byte[] content = new byte[pack.SizeInBytes];
            _ = await copy.GetAsync(pack.Name, 0, content, null, Token);
            content[5000] ^= 1;
            await copy.DeleteAsync(pack.Name, Token);
            await copy.PutAsync(pack.Name, new ReadOnlySequence<byte>(content), Token);
            await copy.FlushAsync(Token);
            try
            {
                _ = await PruneFixture.PruneAsync(copy, All);
            }
            catch (CorruptDataException exception)
            {
                Assert.Contains("Nothing was removed", exception.Message, StringComparison.Ordinal);
                damaged++;
                Assert.Equal(packs.Count, await CountAsync(copy, ObjectKind.Pack));
            }
            await using Repository repository = await TestRepository.OpenAsync(copy);
            LoadedCatalog catalog = await repository.CreateCatalogLoader().LoadForReadingAsync(Token);
            using Ebla.Indexing.BlobIndex index = catalog.Index;
        }
        Assert.True(damaged > 0);
    }

    [Fact]
    public async Task What_is_lost_stops_a_prune_before_it_removes_anything()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(3);
        await fixture.ForgetAsync(fixture.Backend, 0);
        List<ObjectInfo> packs = [];
        await foreach (ObjectInfo info in fixture.Backend.ListAsync(ObjectKind.Pack, Token))
        {
            packs.Add(info);
        }
        int stopped = 0;
        foreach (ObjectInfo pack in packs)
        {
            await using MemoryBackend copy = fixture.Backend.DurableCopy();
            await copy.DeleteAsync(pack.Name, Token);
            await copy.FlushAsync(Token);
            try
            {
                _ = await PruneFixture.PruneAsync(copy, All);
            }
            catch (CorruptDataException)
            {
                stopped++;
                Assert.Equal(packs.Count - 1, await CountAsync(copy, ObjectKind.Pack));
                Assert.Equal(3, await CountAsync(copy, ObjectKind.Snapshot));
            }
        }
        Assert.True(stopped > 0);
    }

    [Fact]
    public async Task Where_there_are_settings_of_a_later_version_nothing_is_removed()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(2);
        await fixture.ForgetAsync(fixture.Backend, 0);
        ObjectName setting = new(ObjectKind.Setting, fixture.Snapshots[0]);
        await fixture.Backend.PutAsync(setting, new ReadOnlySequence<byte>([1, 2, 3]), Token);
        await fixture.Backend.FlushAsync(Token);
        long before = await PruneFixture.SizeAsync(fixture.Backend);

        UnsupportedFormatException exception = await Assert.ThrowsAsync<UnsupportedFormatException>(
            () => PruneFixture.PruneAsync(fixture.Backend, All));

        Assert.Contains("newer version", exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, await PruneFixture.SizeAsync(fixture.Backend));
    }

    [Fact]
    public async Task A_store_that_deletes_nothing_is_told_what_would_go_and_keeps_all()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(3);
        await fixture.ForgetAsync(fixture.Backend, 0, 1);
        long before = await PruneFixture.SizeAsync(fixture.Backend);

        PruneResult result = await PruneFixture.PruneAsync(new DyingBackend(fixture.Backend, canDelete: false), All);

        Assert.True(result.IsDryRun);
        Assert.True(result.RemovedInBytes > result.StoredInBytes);
        Assert.Equal(before, await PruneFixture.SizeAsync(fixture.Backend));
    }

    private static async Task<int> CountAsync(IBackend backend, ObjectKind kind)
    {
        int count = 0;
        await foreach (ObjectInfo _ in backend.ListAsync(kind, Token))
        {
            count++;
        }
        return count;
    }
}
