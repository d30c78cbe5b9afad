using System.Buffers.Binary;
using Ebla.Backends.Memory;
using Ebla.FileSystems;
using Ebla.Operations;
using Ebla.Operations.Backups;
using Ebla.Operations.Backups.Sentinels;
using Ebla.Operations.Contents;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Trees;
using Xunit;
using TestFolder = Ebla.Tests.FileSystems.TestFolder;

namespace Ebla.Tests.Operations;

/// <summary>Backups of files that another thread works on all the while.</summary>
public sealed class ChangingFilesTests
{
    private const int BlockSize = 16 << 10;
    private const int FilesCount = 6;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 120_000)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task No_mix_of_two_states_is_taken_for_a_file(int seed)
    {
        // Goal: what has no remark is a state in which the file really was. Method: a writer overwrites files from front to back with
        // the number of its pass, so that at every moment the numbers in a file do not rise, and differ by one at most.
        using TestFolder folder = new();
        await using MemoryBackend backend = new();
        await using Repository repository = await TestRepository.InitAsync(backend);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var churn = Task.Run(() => Overwrite(folder, seed, stop.Token), Token);
        RecordingObserver observer = new();
        List<ObjectId> snapshots = [];
        for (int run = 0; run < 6; run++)
        {
            snapshots.Add((await BackupAsync(repository, folder, observer)).SnapshotId);
        }
        await stop.CancelAsync();
        await churn;

        int checkedFiles = 0;
        int changedFiles = 0;
        foreach (ObjectId snapshot in snapshots)
        {
            for (int i = 0; i < FilesCount; i++)
            {
                (Node node, byte[] content)? found = await TryReadAsync(repository, snapshot, folder[$"f{i}"]);
                if (found is not { } file)
                {
                    continue;
                }
                if (file.node.Remarks != NodeRemarks.None)
                {
                    changedFiles++;
                    continue;
                }
                checkedFiles++;
                RequireRealState(file.content, $"seed {seed}, f{i} in {snapshot.ToShortString()}");
            }
        }
        Assert.Equal(changedFiles, observer.Problems.Count(problem => problem.Message.Contains("changed while", StringComparison.Ordinal)));
        Assert.True(checkedFiles + changedFiles >= FilesCount, $"seed {seed}: only {checkedFiles} and {changedFiles} files were seen");
    }

    [Theory(Timeout = 120_000)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_backup_of_files_that_grow_shrink_vanish_and_turn_into_other_things_ends_and_names_what_it_left_out(int seed)
    {
        using TestFolder folder = new();
        folder.Write("calm", "nobody touches this");
        await using MemoryBackend backend = new();
        await using Repository repository = await TestRepository.InitAsync(backend);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var churn = Task.Run(() => Churn(folder, seed, stop.Token), Token);
        for (int run = 0; run < 8; run++)
        {
            RecordingObserver observer = new();
            BackupResult result = await BackupAsync(repository, folder, observer);
            Assert.Equal(result.Errors, observer.Problems.Count);
            Assert.Empty(observer.Alarms);
            (Node _, byte[] calm) = (await TryReadAsync(repository, result.SnapshotId, folder["calm"]))!.Value;
            Assert.Equal("nobody touches this", System.Text.Encoding.UTF8.GetString(calm));
        }
        await stop.CancelAsync();
        await churn;

        // Once it is quiet, one more backup has everything as it is.
        RecordingObserver last = new();
        BackupResult whole = await BackupAsync(repository, folder, last);
        Assert.Empty(last.Problems);
        foreach (string path in Directory.EnumerateFiles(folder.FullName).Where(path => new FileInfo(path).UnixFileMode != 0))
        {
            using SourceFile? file = TryOpen(folder, Path.GetFileName(path));
            if (file is not null)
            {
                (Node _, byte[] content) = (await TryReadAsync(repository, whole.SnapshotId, path))!.Value;
                byte[] there = await File.ReadAllBytesAsync(path, Token);
                Assert.True(content.AsSpan().SequenceEqual(there), $"seed {seed}: {path}");
            }
        }
    }

    [Fact]
    public async Task Every_file_is_read_by_the_sentinel_once_in_a_round()
    {
        using TestFolder folder = new();
        for (int i = 0; i < 60; i++)
        {
            folder.Write($"f{i}", $"content {i}");
        }
        folder.Write("empty", "");
        await using MemoryBackend backend = new();
        await using Repository repository = await TestRepository.InitAsync(backend);
        RecordingObserver observer = new();
        _ = await BackupAsync(repository, folder, observer);
        long files = 0;
        for (int run = 0; run < 6; run++)
        {
            BackupResult result = await BackupAsync(repository, folder, observer, SentinelShare.OneOf(6));
            Assert.Equal(61, result.FilesUnmodified);
            Assert.InRange(result.SentinelFiles, 1, 30);
            files += result.SentinelFiles;
        }
        Assert.Equal(60, files);
        BackupResult off = await BackupAsync(repository, folder, observer, SentinelShare.Off);
        Assert.Equal(0, off.SentinelFiles);
        BackupResult all = await BackupAsync(repository, folder, observer, SentinelShare.Budget(1 << 20));
        Assert.Equal(60, all.SentinelFiles);
        Assert.Equal(Enumerable.Range(0, 60).Sum(i => $"content {i}".Length), all.SentinelInBytes);
        Assert.Empty(observer.Alarms);
        Assert.Empty(observer.Problems);
    }

    [Fact]
    public async Task A_file_with_several_names_counts_under_each_in_the_bytes_processed()
    {
        using TestFolder folder = new();
        folder.Write("a", new string('x', 1000));
        _ = TestFolder.Run("ln", folder["a"], folder["b"]);
        _ = TestFolder.Run("ln", folder["a"], folder["c"]);
        await using MemoryBackend backend = new();
        await using Repository repository = await TestRepository.InitAsync(backend);
        RecordingObserver observer = new();
        BackupResult first = await BackupAsync(repository, folder, observer);
        BackupResult second = await BackupAsync(repository, folder, observer);
        BackupResult third = await BackupAsync(repository, folder, observer, SentinelShare.OneOf(1));
        Assert.Equal((3000, 3000, 3000), (first.ProcessedInBytes, second.ProcessedInBytes, third.ProcessedInBytes));
        // Read once, under one of its names.
        Assert.Equal((1, 1000), (third.SentinelFiles, third.SentinelInBytes));
        Assert.Equal(3, third.FilesUnmodified);
    }

    private static void Overwrite(TestFolder folder, int seed, CancellationToken stop)
    {
        Random random = new(seed);
        byte[] block = new byte[BlockSize];
        for (ulong pass = 1; !stop.IsCancellationRequested; pass++)
        {
            for (int i = 0; i < FilesCount; i++)
            {
                using FileStream file = new(folder[$"f{i}"], FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, 0);
                for (int at = 0; at < BlockSize; at += sizeof(ulong))
                {
                    BinaryPrimitives.WriteUInt64LittleEndian(block.AsSpan(at), pass);
                }
                for (int count = 40 * (i + 1); count > 0; count--)
                {
                    file.Write(block);
                }
            }
            // Sometimes a pause, so that backups also meet files at rest.
            if (random.Next(3) == 0)
            {
                _ = stop.WaitHandle.WaitOne(random.Next(120));
            }
        }
    }

    private static void RequireRealState(ReadOnlySpan<byte> content, string what)
    {
        ulong first = content.Length == 0 ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(content);
        ulong last = first;
        for (int at = 0; at + sizeof(ulong) <= content.Length; at += sizeof(ulong))
        {
            ulong now = BinaryPrimitives.ReadUInt64LittleEndian(content[at..]);
            Assert.True(now <= last && first - now <= 1, $"{what}: pass {now} at {at} behind pass {last}; it begins with {first}");
            last = now;
        }
    }

    private static void Churn(TestFolder folder, int seed, CancellationToken stop)
    {
        Random random = new(seed);
        byte[] noise = new byte[3_000_000];
        random.NextBytes(noise);
        while (!stop.IsCancellationRequested)
        {
            string path = folder[$"f{random.Next(8)}"];
            try
            {
                switch (random.Next(9))
                {
                    case 0: File.Delete(path); break;
                    case 1: _ = TestFolder.Run("rm", "-rf", path); break;
                    case 2: folder.Target.MakeNode(TestFolder.Name(Path.GetFileName(path)), FileType.Fifo); break;
                    case 3: _ = Directory.CreateDirectory(path); break;
                    case 4: _ = File.CreateSymbolicLink(path, "calm"); break;
                    case 5:
                        File.WriteAllBytes(path + ".new", noise.AsSpan(random.Next(1_000_000), random.Next(2_000_000)).ToArray());
                        File.Move(path + ".new", path, overwrite: true);
                        break;
                    case 6:
                        // A FIFO is not opened: that would wait.
                        using (SourceFile? there = TryOpen(folder, Path.GetFileName(path)))
                        {
                            if (there is not null)
                            {
                                using FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
                                file.SetLength(random.Next(3_000_000));
                            }
                        }
                        break;
                    default:
                        using (FileStream file = new(path + ".log", FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
                        {
                            file.Write(noise.AsSpan(0, random.Next(5000)));
                            if (file.Length > 2_000_000)
                            {
                                file.SetLength(random.Next(100_000));
                            }
                        }
                        break;
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FileSystemException)
            {
                // Something else has that name now: that is the point.
                continue;
            }
        }
    }

    private static SourceFile? TryOpen(TestFolder folder, string name)
    {
        try
        {
            return folder.Source.OpenFile(TestFolder.Name(name));
        }
        catch (FileSystemException)
        {
            return null;
        }
    }

    private static async Task<(Node Node, byte[] Content)?> TryReadAsync(Repository repository, ObjectId snapshot, string path)
    {
        using MemoryStream content = new();
        try
        {
            Node node = await CatOperation.CopyFileAsync(
                repository, new SnapshotPath(snapshot.ToString(), ByteName.FromText(path)), content, Token);
            return (node, content.ToArray());
        }
        catch (SnapshotNotFoundException)
        {
            return null;
        }
    }

    private static Task<BackupResult> BackupAsync(
        Repository repository, TestFolder folder, RecordingObserver observer, SentinelShare? sentinel = null) => BackupOperation.RunAsync(
        repository,
        new BackupOptions { Paths = [ByteName.FromText(folder.FullName)], Sentinel = sentinel ?? SentinelShare.Default },
        observer,
        Token);
}
