using Ebla.Backends.Memory;
using Ebla.Operations.Backups;
using Ebla.Primitives;
using Ebla.Repositories;
using Xunit;

namespace Ebla.Tests.Operations;

public sealed class BackupTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ebla-backup-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_backup_of_an_unchanged_tree_reads_no_file_and_stores_no_pack()
    {
        for (int i = 0; i < 300; i++)
        {
            string folder = Directory.CreateDirectory(Path.Combine(_folder, $"d{i % 7}", $"e{i % 3}")).FullName;
            await File.WriteAllTextAsync(Path.Combine(folder, $"f{i}"), $"content {i % 50}", Token);
        }
        await File.WriteAllBytesAsync(Path.Combine(_folder, "big"), Noise(5_000_000), Token);
        await using MemoryBackend backend = new();
        await using Repository repository = await TestRepository.InitAsync(backend);

        BackupResult first = await BackupAsync(repository);
        BackupResult second = await BackupAsync(repository);

        Assert.Equal(0, first.Errors + second.Errors);
        Assert.Equal(301, first.FilesNew);
        Assert.Equal(301, second.FilesUnmodified);
        Assert.Equal(0, second.FilesNew + second.FilesChanged);
        Assert.InRange(first.AddedInBytes, 5_000_000, 5_200_000);
        // The folders above the source are in the tree too, and other programs change their times.
        Assert.InRange(second.AddedInBytes, 0, 2000);
        Assert.InRange(second.StoredInBytes, 0, 32_000);
        Assert.Equal(first.ProcessedInBytes, second.ProcessedInBytes);
    }

    [Theory]
    [InlineData(16 << 10)]
    [InlineData(256 << 10)]
    [InlineData(1 << 20)]
    public async Task A_large_file_is_read_to_its_end_whatever_the_chunk_size(int averageChunkSizeInBytes)
    {
        // Noise and text, so that chunks of all lengths meet all places of the reading buffer.
        byte[] content = Noise(37_000_000);
        content.AsSpan(9_000_000, 5_000_000).Fill((byte)'x');
        await File.WriteAllBytesAsync(Path.Combine(_folder, "big"), content, Token);
        await using MemoryBackend backend = new();
        await using Repository repository = await TestRepository.InitAsync(backend, averageChunkSizeInBytes);

        BackupResult result = await BackupAsync(repository);

        Assert.Equal(0, result.Errors);
        Assert.Equal(content.Length, result.ProcessedInBytes);
    }

    private static byte[] Noise(int length)
    {
        byte[] bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    private Task<BackupResult> BackupAsync(Repository repository) => BackupOperation.RunAsync(
        repository, new BackupOptions { Paths = [ByteName.FromText(_folder)] }, new RecordingObserver(), Token);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
