using System.Buffers;
using Ebla.Backends;
using Ebla.Backends.Memory;
using Ebla.Operations.Backups;
using Ebla.Operations.Prunes;
using Ebla.Operations.Retention;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Tests.Operations.Prunes;
using Xunit;

namespace Ebla.Tests.Operations.Statistics;

/// <summary>A repository with a random history: hosts, paths and tags, forgotten snapshots, blobs stored twice, packs that are going.</summary>
internal static class AccountFixture
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A fixture whose store has had all that; nothing of it is removed yet.</summary>
    public static async Task<PruneFixture> MakeAsync(int seed, Random random)
    {
        PruneFixture fixture = await PruneFixture.MakeAsync(2, seed);
        for (int round = 2; round < 7; round++)
        {
            if (random.Next(4) > 0)
            {
                fixture.Change(round);
            }
            await BackupAsync(fixture, fixture.Backend, random);
        }
        // What two store at once, neither of which sees the other, is stored twice.
        fixture.Change(7);
        await using (MemoryBackend other = fixture.Backend.DurableCopy())
        {
            await BackupAsync(fixture, other, random);
            await BackupAsync(fixture, fixture.Backend, random);
            await MergeAsync(other, fixture.Backend);
        }
        // Condemned, and not removed, since a writer is at work.
        await using Repository writer = await TestRepository.OpenAsync(fixture.Backend);
        SessionRegister register = new(fixture.Backend, writer.Keys);
        await register.AnnounceAsync(Token);
        await ForgetSomeAsync(fixture, random, 1);
        _ = await PruneFixture.PruneAsync(fixture.Backend, new PruneOptions { SessionWait = TimeSpan.Zero });
        await register.EndAsync(Token);
        await ForgetSomeAsync(fixture, random, 2);
        return fixture;
    }

    public static async Task ForgetAsync(PruneFixture fixture, IEnumerable<ObjectId> snapshots)
    {
        await using Repository repository = await TestRepository.OpenAsync(fixture.Backend);
        _ = await ForgetOperation.RunAsync(repository, OptionsFor(snapshots), Token);
    }

    public static ForgetOptions OptionsFor(IEnumerable<ObjectId> snapshots)
        => new() { Snapshots = [.. snapshots.Select(id => id.ToString())], AllowsEmptyGroup = true, IsConfirmed = true, CountsBytes = true };

    /// <summary>Some of those that count, at least one, not all.</summary>
    public static ObjectId[] Choose(IReadOnlyList<StoredSnapshot> snapshots, Random random)
    {
        ObjectId[] ids = [.. snapshots.Select(stored => stored.Id)];
        random.Shuffle(ids);
        return ids[..(1 + random.Next(ids.Length - 1))];
    }

    private static async Task ForgetSomeAsync(PruneFixture fixture, Random random, int count)
    {
        await using Repository repository = await TestRepository.OpenAsync(fixture.Backend);
        ObjectId[] ids = [.. (await new SnapshotStore(repository).LoadAsync(Token)).Snapshots.Select(stored => stored.Id)];
        random.Shuffle(ids);
        await ForgetAsync(fixture, ids[..count]);
    }

    private static async Task BackupAsync(PruneFixture fixture, MemoryBackend backend, Random random)
    {
        await using Repository repository = await TestRepository.OpenAsync(backend);
        _ = await BackupOperation.RunAsync(
            repository,
            new BackupOptions
            {
                Paths = [ByteName.FromText(random.Next(3) > 0 ? fixture.Folder : Path.Combine(fixture.Folder, $"d{random.Next(2)}"))],
                Host = ByteName.FromText(random.Next(3) > 0 ? "one" : "other"),
                Tags = random.Next(3) > 0 ? [] : ["tag"],
                Upload = PruneFixture.Upload,
            },
            new RecordingObserver(),
            Token);
    }

    private static async Task MergeAsync(MemoryBackend from, MemoryBackend to)
    {
        foreach (ObjectKind kind in RepositoryLayout.Kinds)
        {
            await foreach (ObjectInfo info in from.ListAsync(kind, Token))
            {
                byte[] content = new byte[info.SizeInBytes];
                Assert.True(await from.GetAsync(info.Name, 0, content, null, Token));
                await to.PutAsync(info.Name, new ReadOnlySequence<byte>(content), Token);
            }
        }
        await to.FlushAsync(Token);
    }
}
