using Ebla.Primitives;
using System.Runtime.InteropServices;
using Ebla.FileSystems;
using Xunit;

namespace Ebla.Tests.FileSystems;

public sealed partial class SourceFileTests
{
    [Fact]
    public void A_file_is_read_to_its_end_in_pieces_of_any_size()
    {
        using TestFolder folder = new();
        byte[] content = new byte[300_000];
        new Random(1).NextBytes(content);
        folder.Write(TestFolder.Name("file"), content);

        using SourceFile file = folder.Source.OpenFile(TestFolder.Name("file"));
        Assert.Equal(content.Length, file.Metadata.SizeInBytes);
        byte[] read = new byte[content.Length];
        byte[] piece = new byte[7001];
        int size = 0;
        for (int count; (count = file.Read(piece)) > 0; size += count)
        {
            piece.AsSpan(0, count).CopyTo(read.AsSpan(size));
        }
        Assert.Equal(content.Length, size);
        Assert.True(content.AsSpan().SequenceEqual(read));
        Assert.Equal(0, file.Read(piece));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_FIFO_put_in_the_place_of_a_file_is_refused_at_once()
    {
        using TestFolder folder = new();
        folder.Target.MakeNode(TestFolder.Name("file"), FileType.Fifo);
        folder.SetMode("file", "600");
        // A blocking open would wait for ever: the timeout of the test tells.
        FileSystemException refused = await Assert.ThrowsAsync<FileSystemException>(
            () => Task.Run(() => folder.Source.OpenFile(TestFolder.Name("file")), TestContext.Current.CancellationToken));
        Assert.True(refused.IsVanished);
        Assert.Equal($"cannot open {folder["file"]}: it is no longer a regular file", refused.Message);
    }

    [Fact]
    public void A_socket_and_a_device_and_a_directory_are_no_files()
    {
        using TestFolder folder = new();
        folder.Target.MakeNode(TestFolder.Name("socket"), FileType.Socket);
        folder.SetMode("socket", "600");
        folder.Target.OpenOrCreateDirectory(TestFolder.Name("directory")).Dispose();
        foreach (string name in new[] { "socket", "directory" })
        {
            FileSystemException refused = Assert.Throws<FileSystemException>(
                () => folder.Source.OpenFile(TestFolder.Name(name)));
            Assert.True(refused.IsVanished);
        }
        using SourceDirectory dev = SourceDirectory.OpenRoot(TestFolder.Name("/dev"));
        Assert.Throws<FileSystemException>(() => dev.OpenFile(TestFolder.Name("null")));
    }

    [Fact]
    public void A_file_that_is_cut_short_while_it_is_read_ends_early_and_shows_that_it_changed()
    {
        using TestFolder folder = new();
        folder.Write(TestFolder.Name("file"), new byte[1 << 20]);
        using SourceFile file = folder.Source.OpenFile(TestFolder.Name("file"));
        byte[] buffer = new byte[1 << 16];
        Assert.Equal(buffer.Length, file.Read(buffer));
        using (FileStream writer = new(folder["file"], FileMode.Open))
        {
            writer.SetLength(buffer.Length + 100);
        }
        Assert.Equal(100, file.Read(buffer));
        Assert.Equal(0, file.Read(buffer));
        FileMetadata after = file.Stat();
        Assert.NotEqual(file.Metadata, after);
        Assert.Equal(buffer.Length + 100, after.SizeInBytes);
    }

    [Fact]
    public void A_file_that_is_removed_while_it_is_read_is_read_to_its_end()
    {
        using TestFolder folder = new();
        folder.Write("file", "content");
        using SourceFile file = folder.Source.OpenFile(TestFolder.Name("file"));
        File.Delete(folder["file"]);
        Assert.Equal(7, file.Read(new byte[10]));
        Assert.Equal(0u, file.Stat().LinkCount);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_file_under_a_lease_is_read_once_its_holder_has_given_it_back()
    {
        // Goal: what a file server has leased out is waited for, not reported as unreadable. Method: hold a write lease ourselves.
        const int SetLease = 1024;
        const int SetSignal = 10;
        const int Unlock = 2;
        const int WriteLock = 1;
        const int IgnoredSignal = 23; // SIGURG: the default, SIGIO, would end the process.
        using TestFolder folder = new();
        folder.Write("file", "content");
        using FileStream holder = new(folder["file"], FileMode.Open, FileAccess.ReadWrite);
        int descriptor = (int)holder.SafeFileHandle.DangerousGetHandle();
        Assert.Equal(0, Control(descriptor, SetSignal, IgnoredSignal));
        Assert.Equal(0, Control(descriptor, SetLease, WriteLock));

        Task<int> read = Task.Run(() =>
        {
            using SourceFile file = folder.Source.OpenFile(TestFolder.Name("file"));
            return file.Read(new byte[10]);
        });
        Assert.NotEqual(read, await Task.WhenAny(read, Task.Delay(300, TestContext.Current.CancellationToken)));
        Assert.Equal(0, Control(descriptor, SetLease, Unlock));
        Assert.Equal(7, await read);
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command, int argument);
}
