using System.Buffers;
using Ebla.Backends;
using Ebla.Backends.Memory;
using Ebla.Indexing;
using Ebla.Operations.Backups;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Tests.Backends;
using Xunit;

namespace Ebla.Tests.Operations;

/// <summary>Invariants of docs/design.md that hold for a backup as a whole.</summary>
public sealed class InvariantTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ebla-invariants-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(FaultKind.CrashBefore)]
    [InlineData(FaultKind.CrashAfter)]
    public async Task A_power_cut_at_any_write_leaves_only_whole_snapshots_and_the_next_backup_succeeds(FaultKind kind)
    {
        const int Seed = 20260101;
        Random random = new(Seed);
        await MakeSourceAsync();
        await using MemoryBackend initial = new();
        await using (Repository repository = await TestRepository.InitAsync(initial))
        {
            _ = await BackupAsync(repository);
        }
        await File.WriteAllTextAsync(Path.Combine(_folder, "new"), "new", Token);
        for (long operation = 1; ; operation++)
        {
            await using MemoryBackend store = initial.DurableCopy();
            FaultyBackend faulty = new(store, new Fault(operation, kind), BackendOperation.Writes);
            try
            {
                await using Repository repository = await TestRepository.OpenAsync(faulty);
                _ = await BackupAsync(repository);
            }
            catch (Exception) when (faulty.HasFailed)
            {
                // The process is dead, in whatever way it noticed.
            }
            await using MemoryBackend left = store.DurableCopy(_ => random.Next(2) == 0);
            await using Repository after = await TestRepository.OpenAsync(left);
            int before = await CheckAllAsync(after, $"operation {operation}, seed {Seed}");
            _ = await BackupAsync(after);
            Assert.Equal(before + 1, await CheckAllAsync(after, $"the backup after operation {operation}, seed {Seed}"));
            if (!faulty.HasFailed)
            {
                Assert.Equal(2, before);
                Assert.True(operation > 8, "The loop ended early.");
                return;
            }
        }
    }

    [Fact]
    public async Task Without_its_cache_a_backup_does_the_same()
    {
        await MakeSourceAsync();
        string cache = Path.Combine(_folder, "..", Path.GetFileName(_folder) + "-cache");
        await using MemoryBackend store = new();
        await using (Repository repository = await TestRepository.InitAsync(store, cache: cache))
        {
            _ = await BackupAsync(repository);
            _ = await BackupAsync(repository);
        }
        Assert.NotEmpty(Directory.EnumerateFiles(cache, "*", SearchOption.AllDirectories));
        Directory.Delete(cache, recursive: true);

        await using Repository again = await TestRepository.OpenAsync(store, cache);
        BackupResult result = await BackupAsync(again);
        Directory.Delete(cache, recursive: true);

        Assert.Equal(0, result.FilesNew + result.FilesChanged);
        Assert.InRange(result.AddedInBytes, 0, 10_000); // The folders above the source may have changed since.
        Assert.Equal(3, await CheckAllAsync(again, "without cache"));
    }

    [Fact]
    public async Task A_backup_relies_on_no_condemned_pack()
    {
        await MakeSourceAsync();
        await using MemoryBackend store = new();
        await using Repository repository = await TestRepository.InitAsync(store);
        BackupResult first = await BackupAsync(repository);
        List<ObjectId> packs = [];
        await foreach (ObjectInfo info in store.ListAsync(ObjectKind.Pack, Token))
        {
            packs.Add(info.Name.Id);
        }
        (ObjectName name, byte[] content) = CondemnedCodec.Seal(repository.Keys, packs, []);
        await store.PutAsync(name, new ReadOnlySequence<byte>(content), Token);
        await store.FlushAsync(Token);

        BackupResult second = await BackupAsync(repository);
        foreach (ObjectId pack in packs)
        {
            await store.DeleteAsync(new ObjectName(ObjectKind.Pack, pack), Token);
        }

        Assert.InRange(second.AddedInBytes, first.AddedInBytes - 10_000, first.AddedInBytes + 10_000);
        // Of the first, the folders above the source may have changed since.
        SnapshotList list = await new SnapshotStore(repository).LoadAsync(Token);
        Assert.Empty(await ProblemsOfAsync(repository, list.Snapshots[1]));
    }

    [Fact]
    public async Task Bytes_that_changed_in_the_store_are_never_handed_out()
    {
        await MakeSourceAsync();
        await using MemoryBackend store = new();
        await using (Repository repository = await TestRepository.InitAsync(store))
        {
            _ = await BackupAsync(repository);
        }
        FaultyBackend counting = new(store, null, BackendOperation.Get);
        await using (Repository repository = await TestRepository.OpenAsync(counting))
        {
            Assert.Equal(1, await CheckAllAsync(repository, "whole"));
        }
        List<ObjectName?> unnoticed = [];
        for (long operation = 1; operation <= counting.OperationCount; operation++)
        {
            FaultyBackend faulty = new(store, new Fault(operation, FaultKind.FlippedBit), BackendOperation.Get);
            try
            {
                await using Repository repository = await TestRepository.OpenAsync(faulty);
                SnapshotList list = await new SnapshotStore(repository).LoadAsync(Token);
                List<string> problems = [.. list.Findings.Select(finding => finding.Message)];
                foreach (StoredSnapshot snapshot in list.Snapshots)
                {
                    problems.AddRange(await ProblemsOfAsync(repository, snapshot));
                }
                if (problems.Count == 0 && repository.Keys.Findings.Count == 0)
                {
                    unnoticed.Add(faulty.Spoiled);
                }
            }
            catch (EblaException)
            {
                // Noticed.
            }
        }

        // Where the index segment was hit, the pack's own directory stands in for it: nothing is wrong then, and nothing said.
        Assert.Equal(ObjectKind.Index, Assert.Single(unnoticed)?.Kind);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task MakeSourceAsync()
    {
        byte[] noise = new byte[700_000];
        new Random(1).NextBytes(noise);
        await File.WriteAllBytesAsync(Path.Combine(_folder, "noise"), noise, Token);
        for (int i = 0; i < 20; i++)
        {
            _ = Directory.CreateDirectory(Path.Combine(_folder, $"d{i % 3}"));
            await File.WriteAllTextAsync(Path.Combine(_folder, $"d{i % 3}", $"f{i}"), $"content {i}", Token);
        }
    }

    private Task<BackupResult> BackupAsync(Repository repository) => BackupOperation.RunAsync(
        repository, new BackupOptions { Paths = [ByteName.FromText(_folder)] }, new RecordingObserver(), Token);

    // Every snapshot that is visible is there with all its blobs, read and verified. Gives their number.
    private static async Task<int> CheckAllAsync(Repository repository, string when)
    {
        SnapshotList list = await new SnapshotStore(repository).LoadAsync(Token);
        Assert.Empty(list.Findings);
        foreach (StoredSnapshot snapshot in list.Snapshots)
        {
            IReadOnlyList<string> problems = await ProblemsOfAsync(repository, snapshot);
            Assert.True(problems.Count == 0, $"{when}: {string.Join("; ", problems)}");
        }
        return list.Snapshots.Count;
    }

    private static async Task<IReadOnlyList<string>> ProblemsOfAsync(Repository repository, StoredSnapshot snapshot)
    {
        LoadedCatalog catalog = await repository.CreateCatalogLoader().LoadForReadingAsync(Token);
        using BlobIndex index = catalog.Index;
        List<string> problems = [.. catalog.Findings.Select(finding => finding.Message)];
        CatalogWalk walk = new(index);
        walk.Visit(snapshot.Snapshot.Root, Token);
        problems.AddRange(walk.Missing.Select(id => $"{id} is missing"));
        using BlobReader blobs = new(repository.Backend, repository.Keys, index, repository.Metadata);
        TreeReader trees = new(blobs);
        Stack<BlobId> waiting = new([snapshot.Snapshot.Root]);
        while (waiting.TryPop(out BlobId tree))
        {
            try
            {
                await foreach (TreeEntry entry in trees.ReadNodesAsync(tree, Token))
                {
                    if (entry.Node.Subtree is { } subtree)
                    {
                        waiting.Push(subtree);
                    }
                    await foreach (Ebla.Trees.ContentPiece piece in trees.ReadPiecesAsync(entry.Node, Token))
                    {
                        _ = piece.Id is { } id ? await blobs.ReadAsync(id, Token) : default;
                    }
                }
            }
            catch (EblaException exception)
            {
                problems.Add(exception.Message);
            }
        }
        return problems;
    }
}
