using Ebla.FileSystems;
using Xunit;

namespace Ebla.Tests.FileSystems;

public sealed class SparseFileTests
{
    // Holes of file systems are made of whole blocks.
    private const int BlockSize = 4096;

    [Theory]
    [MemberData(nameof(TestFolder.Roots), MemberType = typeof(TestFolder))]
    public async Task Extents_are_the_files_bytes_and_only_blocks_that_were_written_are_read(string root)
    {
        using TestFolder folder = new(root);
        for (int seed = 1; seed <= 40; seed++)
        {
            Random random = new(seed);
            byte[] content = new byte[random.Next(1, 200 * BlockSize)];
            HashSet<int> written = [];
            using (FileStream stream = new(folder["file"], FileMode.Create))
            {
                for (int count = random.Next(0, 12); count > 0; count--)
                {
                    int offset = random.Next(content.Length);
                    Span<byte> piece = content.AsSpan(offset, Math.Min(random.Next(1, 6 * BlockSize), content.Length - offset));
                    random.NextBytes(piece);
                    stream.Position = offset;
                    stream.Write(piece);
                    written.UnionWith(Enumerable.Range(offset / BlockSize, (offset + piece.Length - 1) / BlockSize - offset / BlockSize + 1));
                }
                stream.SetLength(content.Length);
            }

            using SourceFile file = folder.Source.OpenFile(TestFolder.Name("file"));
            (byte[] read, long readSize) = await ReadAsync(file);
            Assert.True(content.AsSpan().SequenceEqual(read), $"seed {seed}: other bytes");
            // Preallocation may show a little more as data.
            Assert.True(readSize <= (long)written.Count * BlockSize, $"seed {seed}: {readSize} bytes read of {written.Count} blocks");
        }
    }

    [Theory]
    [MemberData(nameof(TestFolder.Roots), MemberType = typeof(TestFolder))]
    public async Task Nothing_of_a_hole_is_read_however_long_it_is(string root)
    {
        using TestFolder folder = new(root);
        using (FileStream stream = new(folder["file"], FileMode.Create))
        {
            stream.SetLength(1L << 40);
        }
        using SourceFile file = folder.Source.OpenFile(TestFolder.Name("file"));
        Assert.Equal(1L << 40, file.NextExtent());
        Assert.Equal(0, await file.ReadAsync(new byte[10], TestContext.Current.CancellationToken));
        Assert.Null(file.NextExtent());
        Assert.Equal(1L << 40, file.FindData(5));
    }

    [Fact]
    public async Task A_sparse_file_cut_short_between_two_extents_ends_there()
    {
        using TestFolder folder = new();
        using FileStream stream = new(folder["file"], FileMode.Create);
        foreach (int offset in new[] { 0, 100 * BlockSize, 200 * BlockSize })
        {
            stream.Position = offset;
            stream.Write(new byte[BlockSize]);
        }
        stream.Flush();
        using SourceFile file = folder.Source.OpenFile(TestFolder.Name("file"));
        Assert.Equal(0, file.NextExtent());
        while (await file.ReadAsync(new byte[BlockSize], TestContext.Current.CancellationToken) > 0)
        {
        }
        stream.SetLength(50 * BlockSize);
        // The rest is one hole, or nothing: in both cases the file is told apart by its size afterwards.
        long total = BlockSize;
        while (file.NextExtent() is { } hole)
        {
            total += hole;
            Assert.Equal(0, await file.ReadAsync(new byte[BlockSize], TestContext.Current.CancellationToken));
        }
        Assert.True(total <= 201 * BlockSize, $"{total} bytes");
        Assert.NotEqual(file.Metadata.SizeInBytes, file.Stat().SizeInBytes);
    }

    private static async Task<(byte[] Content, long ReadSize)> ReadAsync(SourceFile file)
    {
        using MemoryStream content = new();
        byte[] buffer = new byte[10_000];
        long readSize = 0;
        while (file.NextExtent() is { } hole)
        {
            content.SetLength(content.Length + hole);
            content.Position = content.Length;
            for (int size; (size = await file.ReadAsync(buffer, TestContext.Current.CancellationToken)) > 0; readSize += size)
            {
                content.Write(buffer, 0, size);
            }
        }
        return (content.ToArray(), readSize);
    }
}
