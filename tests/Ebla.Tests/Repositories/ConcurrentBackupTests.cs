using Ebla.Backends;
using Ebla.Backends.Memory;
using Ebla.Indexing;
using Ebla.Operations.Backups;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Tests.Backends;
using Ebla.Tests.Operations;
using Ebla.Tests.Packs;
using Xunit;

namespace Ebla.Tests.Repositories;

/// <summary>Backups that run at once, over caches that rot, on back-ends that fail: no snapshot ever lacks anything.</summary>
public sealed class ConcurrentBackupTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Cache => Path.Combine(_folder.FullPath, "cache");

    [Theory]
    [InlineData("memory")]
    [InlineData("memory showing unflushed objects")]
    [InlineData("local")]
    public async Task Two_backups_at_once_both_leave_complete_snapshots(string kind)
    {
        await using MemoryBackend memory = new(showsUnflushed: kind != "memory");
        MakeTree("left", 1, 60);
        MakeTree("right", 2, 60);
        await using (Repository repository = await TestRepository.InitAsync(Open()))
        {
        }
        for (int round = 0; round < 3; round++)
        {
            await using Repository left = await TestRepository.OpenAsync(Open(), Cache);
            await using Repository right = await TestRepository.OpenAsync(Open(), Cache);
            // Both trees share half of their contents: each writer relies on the other's packs, if it sees them.
            MakeTree("left", round + 10, 10);
            MakeTree("right", round + 10, 10);
            await Task.WhenAll(BackupAsync(left, "left"), BackupAsync(right, "right"));
        }
        await using Repository last = await TestRepository.OpenAsync(Open());
        Assert.Equal(6, await AssertCompleteAsync(last));

        IBackend Open() => kind == "local" ? _folder.Open() : memory;
    }

    [Fact]
    public async Task A_cache_with_garbage_heals_and_one_that_is_gone_costs_only_time()
    {
        await using MemoryBackend memory = new();
        MakeTree("source", 1, 40);
        await using (Repository repository = await TestRepository.InitAsync(memory, cache: Cache))
        {
            _ = await BackupAsync(repository, "source");
        }
        for (int damage = 0; damage < 7; damage++)
        {
            string runs = Path.Combine(Directory.GetDirectories(Cache).Single(), "runs");
            string[] files = Directory.GetFiles(runs, "*.run");
            switch (damage)
            {
                case 0: Directory.Delete(Cache, recursive: true); break;
                case 1: await File.WriteAllBytesAsync(Path.Combine(runs, "garbage.run"), PackFixture.Noise(1, 5000), Token); break;
                case 2: Directory.CreateDirectory(Path.Combine(runs, "folder.run")); break;
                case 3:
                    Assert.NotEmpty(files);
                    Array.ForEach(files, file => File.WriteAllBytes(file, File.ReadAllBytes(file)[..^100]));
                    break;
                case 4:
                    Array.ForEach(files, file =>
                    {
                        byte[] bytes = File.ReadAllBytes(file);
                        bytes[bytes.Length / 2] ^= 1;
                        File.WriteAllBytes(file, bytes);
                    });
                    break;
                case 5: Array.ForEach(files, file => File.Copy(file, file.Replace(".run", "2.run", StringComparison.Ordinal))); break;
                default:
                    // A run of another repository, in order in itself.
                    RunWriter.Write(Path.Combine(runs, "foreign.run"), [new ObjectId(default)],
                        Indexing.RunFixture.Create(1, 2, Indexing.RunFixture.RandomId).Packs).Dispose();
                    break;
            }
            await using Repository repository = await TestRepository.OpenAsync(memory, Cache);
            BackupResult result = await BackupAsync(repository, "source");
            // Not 0: the times of the folders above the source are part of the snapshot, and others write there.
            Assert.InRange(result.AddedInBytes, 0, 5000);
            Assert.InRange(result.StoredInBytes, 0, 50_000);
            Assert.Equal(result.FilesUnmodified, Directory.GetFiles(Path.Combine(_folder.FullPath, "source")).Length);
            Assert.Equal(damage + 2, await AssertCompleteAsync(repository));
        }
    }

    [Fact]
    public async Task What_a_killed_process_left_in_the_cache_is_removed_after_a_day()
    {
        await using MemoryBackend memory = new();
        await using (Repository repository = await TestRepository.InitAsync(memory, cache: Cache))
        {
        }
        string runs = Path.Combine(Directory.GetDirectories(Cache).Single(), "runs");
        foreach (string name in (string[])["a.run.new", "b.session", "c.run.new", "d.session"])
        {
            string path = Path.Combine(runs, name);
            await File.WriteAllTextAsync(path, "left over", Token);
            if (name[0] is 'a' or 'b')
            {
                File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddDays(-2));
            }
        }
        await using (Repository repository = await TestRepository.OpenAsync(memory, Cache))
        {
        }
        Assert.Equal(["c.run.new", "d.session"], Directory.GetFiles(runs).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_condemned_pack_that_no_segment_names_is_not_relied_on()
    {
        await using MemoryBackend memory = new();
        MakeTree("source", 1, 20);
        await using Repository repository = await TestRepository.InitAsync(memory);
        _ = await BackupAsync(repository, "source");
        // As after a run that was cut off before its segment: and then a pruner condemns its packs.
        foreach (ObjectName name in await NamesAsync(memory, ObjectKind.Index))
        {
            await memory.DeleteAsync(name, Token);
        }
        ObjectId[] packs = [.. (await NamesAsync(memory, ObjectKind.Pack)).Select(name => name.Id)];
        Assert.NotEmpty(packs);
        (ObjectName record, byte[] content) = CondemnedCodec.Seal(repository.Keys, packs, []);
        await memory.PutAsync(record, new(content), Token);
        await memory.FlushAsync(Token);

        LoadedCatalog catalog = await repository.CreateCatalogLoader().LoadForWritingAsync(Token);
        using (catalog.Index)
        {
            Assert.Empty(catalog.UnnamedPacks);
            Assert.Equal(0, catalog.Index.EntryCount);
        }
        BackupResult result = await BackupAsync(repository, "source");
        Assert.True(result.AddedInBytes > 0);
        foreach (ObjectId pack in packs)
        {
            await memory.DeleteAsync(new ObjectName(ObjectKind.Pack, pack), Token);
        }
        SnapshotList snapshots = await new SnapshotStore(repository).LoadAsync(Token);
        await AssertCompleteAsync(repository, [snapshots.Snapshots.Single(stored => stored.Id == result.SnapshotId)]);
    }

    [Theory]
    [InlineData((int)FaultKind.ErrorBefore)]
    [InlineData((int)FaultKind.ErrorAfter)]
    [InlineData((int)FaultKind.CrashAfter)]
    public async Task A_backup_that_fails_at_any_operation_harms_nothing_and_the_next_one_succeeds(int kind)
    {
        MakeTree("source", 1, 12);
        for (int operation = 1; ; operation++)
        {
            await using MemoryBackend memory = new();
            await using (Repository repository = await TestRepository.InitAsync(memory))
            {
                _ = await BackupAsync(repository, "source");
            }
            string fresh = MakeTree($"fresh-{kind}-{operation}", 500 + operation, 6);
            FaultyBackend faulty = new(memory, new Fault(operation, (FaultKind)kind));
            try
            {
                await using Repository repository = await TestRepository.OpenAsync(faulty);
                _ = await BackupAsync(repository, Path.GetFileName(fresh));
            }
            catch (Exception exception) when (exception is BackendException or SimulatedCrashException)
            {
                Assert.True(faulty.HasFailed);
            }
            // What a power cut would leave now.
            await using MemoryBackend after = faulty.HasFailed ? memory.DurableCopy() : memory;
            await using (Repository repository = await TestRepository.OpenAsync(after))
            {
                Assert.InRange(await AssertCompleteAsync(repository), 1, 2);
                BackupResult next = await BackupAsync(repository, Path.GetFileName(fresh));
                Assert.Equal(6, next.FilesNew + next.FilesUnmodified);
                Assert.InRange(next.StoredInBytes, 0, 400_000);
                _ = await AssertCompleteAsync(repository);
                BackupResult again = await BackupAsync(repository, Path.GetFileName(fresh));
                Assert.Equal(6, again.FilesUnmodified);
                Assert.InRange(again.AddedInBytes, 0, 5000);
            }
            Directory.Delete(fresh, recursive: true);
            if (!faulty.HasFailed)
            {
                Assert.InRange(operation, 10, 300);
                break;
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<List<ObjectName>> NamesAsync(IBackend backend, ObjectKind kind)
    {
        List<ObjectName> names = [];
        await foreach (ObjectInfo info in backend.ListAsync(kind, Token))
        {
            names.Add(info.Name);
        }
        return names;
    }

    private static async Task<int> AssertCompleteAsync(Repository repository, IReadOnlyList<StoredSnapshot>? some = null)
    {
        SnapshotList list = await new SnapshotStore(repository).LoadAsync(Token);
        Assert.Empty(list.Findings);
        LoadedCatalog catalog = await repository.CreateCatalogLoader().LoadForWritingAsync(Token);
        using BlobIndex index = catalog.Index;
        Assert.Empty(catalog.Findings);
        foreach (StoredSnapshot stored in some ?? list.Snapshots)
        {
            CatalogWalk walk = new(index);
            walk.Visit(stored.Snapshot.Root, Token);
            Assert.Empty(walk.Missing);
            Assert.True(walk.BlobCount > 1);
        }
        return list.Snapshots.Count;
    }

    private Task<BackupResult> BackupAsync(Repository repository, string source) => BackupOperation.RunAsync(
        repository,
        new BackupOptions
        {
            Paths = [ByteName.FromText(Path.Combine(_folder.FullPath, source))],
            Upload = new UploadOptions { PackSizeInBytes = 200_000, FrameSizeInBytes = 50_000 },
        },
        new RecordingObserver(),
        Token);

    // The contents depend on the seed only: trees of one seed share them.
    private string MakeTree(string name, int seed, int count)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder.FullPath, name)).FullName;
        for (int i = 0; i < count; i++)
        {
            File.WriteAllBytes(Path.Combine(folder, $"{seed}-{i}"), PackFixture.Noise(seed * 1000 + i, 1000 + i * 997 % 40_000));
        }
        return folder;
    }
}
