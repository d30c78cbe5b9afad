using System.Text;
using Ebla.FileSystems;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.FileSystems;

public sealed class SourceDirectoryTests
{
    [Fact]
    public void The_root_may_be_reached_through_a_link_and_nothing_below_it()
    {
        using TestFolder folder = new();
        Directory.CreateDirectory(folder["real/below"]);
        folder.Target.CreateSymbolicLink(TestFolder.Name("link"), TestFolder.Name("real"));

        using SourceDirectory root = SourceDirectory.OpenRoot(TestFolder.Name(folder["link"]));
        Assert.Equal(1, root.ReadNames().Count);

        FileSystemException refused = Assert.Throws<FileSystemException>(
            () => folder.Source.OpenDirectory(TestFolder.Name("link")));
        Assert.True(refused.IsVanished);
        Assert.True(Assert.Throws<FileSystemException>(() => folder.Source.OpenFile(TestFolder.Name("link"))).IsVanished);
    }

    [Fact]
    public void A_link_swapped_in_for_a_directory_is_not_followed_by_what_is_open_already()
    {
        using TestFolder folder = new();
        Directory.CreateDirectory(folder["victim"]);
        File.WriteAllText(folder["victim/secret"], "secret");
        Directory.CreateDirectory(folder["data/inner"]);
        File.WriteAllText(folder["data/inner/harmless"], "harmless");

        using SourceDirectory data = folder.Source.OpenDirectory(TestFolder.Name("data"));
        Directory.Move(folder["data/inner"], folder["moved"]);
        File.CreateSymbolicLink(folder["data/inner"], folder["victim"]);

        FileSystemException refused = Assert.Throws<FileSystemException>(() => data.OpenDirectory(TestFolder.Name("inner")));
        Assert.True(refused.IsVanished);
        Assert.Contains(refused.Errno, new[] { Posix.ELOOP, Posix.ENOTDIR });
        Assert.Equal(FileType.SymbolicLink, data.Stat("inner"u8).Type);
    }

    [Fact]
    public void Errors_say_what_could_not_be_done_to_which_path_and_why()
    {
        using TestFolder folder = new();
        Directory.CreateDirectory(folder["a"]);
        using SourceDirectory directory = folder.Source.OpenDirectory(TestFolder.Name("a"));

        FileSystemException missing = Assert.Throws<FileSystemException>(() => directory.OpenFile(TestFolder.Name("b")));
        Assert.Equal($"cannot open {folder["a/b"]}: No such file or directory", missing.Message);
        Assert.Equal(Posix.ENOENT, missing.Errno);
        Assert.True(missing.IsVanished);
        missing = Assert.Throws<FileSystemException>(() => directory.Stat("b"u8));
        Assert.Equal($"cannot read the metadata of {folder["a/b"]}: No such file or directory", missing.Message);
        missing = Assert.Throws<FileSystemException>(() => SourceDirectory.OpenRoot(TestFolder.Name("/no/such/place")));
        Assert.Equal("cannot open /no/such/place: No such file or directory", missing.Message);
        missing = Assert.Throws<FileSystemException>(() => SourceDirectory.OpenRoot(default));
        Assert.Equal(Posix.ENOENT, missing.Errno);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("/etc")]
    [InlineData("a\0b")]
    public void What_is_not_one_name_is_refused(string name)
    {
        using TestFolder folder = new();
        folder.Write("a", "");
        ByteName bytes = TestFolder.Name(name);
        Assert.Throws<FileSystemException>(() => folder.Source.OpenFile(bytes));
        Assert.Throws<FileSystemException>(() => folder.Source.OpenDirectory(bytes));
        Assert.Throws<FileSystemException>(() => folder.Source.ReadLink(bytes));
        Assert.Throws<FileSystemException>(() => folder.Source.Stat(bytes.Span));
    }

    [Fact]
    public void What_a_link_holds_comes_back_byte_for_byte_at_any_length()
    {
        using TestFolder folder = new();
        foreach (int length in new[] { 1, 59, 60, 255, 256, 1023, 4094, 4095 })
        {
            byte[] target = new byte[length];
            new Random(length).NextBytes(target);
            target.AsSpan().Replace((byte)0, (byte)'/');
            folder.Target.CreateSymbolicLink(TestFolder.Name("link"), new ByteName(target));
            Assert.Equal(new ByteName(target), folder.Source.ReadLink(TestFolder.Name("link")));
            Assert.Equal(length, folder.Source.Stat("link"u8).SizeInBytes);
        }
        folder.Write("file", "");
        Assert.True(Assert.Throws<FileSystemException>(() => folder.Source.ReadLink(TestFolder.Name("file"))).IsVanished);
    }

    [Fact]
    public void Paths_longer_than_the_system_takes_can_be_walked_and_be_roots()
    {
        using TestFolder folder = new();
        const int Depth = 40;
        ByteName name = TestFolder.Name(new string('d', 200));
        TargetDirectory target = TargetDirectory.OpenOrCreateRoot(TestFolder.Name(folder.FullName));
        for (int depth = 0; depth < Depth; depth++)
        {
            TargetDirectory next = target.OpenOrCreateDirectory(name);
            target.Dispose();
            target = next;
        }
        using (TargetFile file = target.CreateFile(TestFolder.Name("bottom"), 0))
        {
            file.Commit();
        }
        target.Dispose();
        ByteName path = target.Path;
        Assert.Equal(folder.FullName.Length + Depth * 201, path.Length);

        SourceDirectory source = SourceDirectory.OpenRoot(TestFolder.Name(folder.FullName));
        for (int depth = 0; depth < Depth; depth++)
        {
            SourceDirectory next = source.OpenDirectory(name);
            source.Dispose();
            source = next;
        }
        Assert.Equal("bottom"u8, source.ReadNames()[0]);
        Assert.Equal(path, source.Path);
        source.Dispose();

        using SourceDirectory root = SourceDirectory.OpenRoot(path);
        Assert.Equal("bottom"u8, root.ReadNames()[0]);
        using TargetDirectory deeper = TargetDirectory.OpenOrCreateRoot(path.Join(TestFolder.Name("x/y")));
        Assert.Equal(2, root.ReadNames().Count);
    }

    [Fact]
    public void Access_times_stay_as_they_are()
    {
        using TestFolder folder = new();
        folder.Write("directory-is-made-below", "");
        Directory.CreateDirectory(folder["d"]);
        File.WriteAllText(folder["d/file"], "content");
        // A year ago, and before the modification: even relatime would now write a new access time at the next read.
        _ = TestFolder.Run("touch", "-a", "-d", "@1000000000.5", folder["d/file"], folder["d"]);
        UnixTime old = new(1_000_000_000, 500_000_000);

        using SourceDirectory directory = folder.Source.OpenDirectory(TestFolder.Name("d"));
        Assert.Equal(1, directory.ReadNames().Count);
        using (SourceFile file = directory.OpenFile(TestFolder.Name("file")))
        {
            Assert.Equal(7, file.Read(new byte[100]));
        }
        Assert.Equal(old, directory.Stat("file"u8).AccessedTime);
        Assert.Equal(old, directory.Stat().AccessedTime);
    }

    [Fact]
    public void A_disposed_directory_is_not_used()
    {
        SourceDirectory directory = SourceDirectory.OpenRoot(TestFolder.Name("/"));
        directory.Dispose();
        Assert.Throws<ObjectDisposedException>(() => directory.Stat("etc"u8));
        Assert.Throws<ObjectDisposedException>(directory.ReadNames);
        Assert.Throws<ObjectDisposedException>(() => directory.OpenDirectory(TestFolder.Name("etc")));
    }

    [Fact]
    public void What_an_ordinary_user_may_not_read_is_a_typed_error_and_the_rest_is_read()
    {
        using TestFolder folder = new();
        folder.SetMode("", "755");
        folder.Write("private", "x");
        folder.Write("public", "y");
        Directory.CreateDirectory(folder["closed"]);
        folder.SetMode("private", "000");
        folder.SetMode("closed", "000");
        folder.SetMode("public", "644");

        OrdinaryUser.Run(() =>
        {
            using SourceDirectory source = SourceDirectory.OpenRoot(TestFolder.Name(folder.FullName));
            FileSystemException denied = Assert.Throws<FileSystemException>(() => source.OpenFile(TestFolder.Name("private")));
            Assert.Equal(Posix.EACCES, denied.Errno);
            Assert.False(denied.IsVanished);
            Assert.Equal($"cannot open {folder["private"]}: Permission denied", denied.Message);
            Assert.Equal(
                Posix.EACCES,
                Assert.Throws<FileSystemException>(() => source.OpenDirectory(TestFolder.Name("closed"))).Errno);
            // Not the owner if the tests run as root, so not allowed to keep the access time: it must be read nevertheless.
            using SourceFile file = source.OpenFile(TestFolder.Name("public"));
            Assert.Equal(1, file.Read(new byte[10]));
        });
    }

    [Fact]
    public void Looking_at_files_allocates_nothing_and_opening_one_allocates_one_small_object()
    {
        using TestFolder folder = new();
        ByteName name = TestFolder.Name("file");
        folder.Write("file", "x");
        byte[] buffer = new byte[10];
        Look();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int index = 0; index < 1000; index++)
        {
            Look();
        }
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1000, 0, 0);

        Open();
        before = GC.GetAllocatedBytesForCurrentThread();
        for (int index = 0; index < 1000; index++)
        {
            Open();
        }
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1000, 1, 256);

        void Look() => Assert.True(folder.Source.Stat(name.Span).SizeInBytes == 1);

        void Open()
        {
            using SourceFile file = folder.Source.OpenFile(name);
            Assert.True(file.Read(buffer) == 1);
        }
    }

    [Fact]
    public void The_path_of_what_is_open_is_the_root_as_given_and_the_names_from_there()
    {
        using SourceDirectory root = SourceDirectory.OpenRoot(TestFolder.Name("/"));
        using SourceDirectory dev = root.OpenDirectory(TestFolder.Name("dev"));
        Assert.Equal("/", Encoding.UTF8.GetString(root.Path.Span));
        Assert.Equal("/dev", Encoding.UTF8.GetString(dev.Path.Span));
    }
}
