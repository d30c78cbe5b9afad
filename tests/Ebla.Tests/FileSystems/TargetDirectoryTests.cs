using Ebla.FileSystems;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.FileSystems;

public sealed class TargetDirectoryTests
{
    private static readonly UnixTime Time = new(1_234_567_890, 123_456_789);

    public static TheoryData<string> HostileNames
        => ["", ".", "..", "/", "../escaped", "a/b", "/tmp/escaped", "a\0b", "\0", new string('x', 256)];

    [Theory]
    [MemberData(nameof(HostileNames))]
    public void A_hostile_name_is_refused_by_every_call_and_leaves_nothing(string text)
    {
        using TestFolder folder = new();
        ByteName name = TestFolder.Name(text);
        ByteName good = TestFolder.Name("good");
        folder.Write(good, "x"u8);
        TargetMetadata metadata = new() { Mode = 0, ModifiedTime = Time };
        FileMetadata before = folder.Source.Stat();

        Assert.Throws<FileSystemException>(() => folder.Target.OpenOrCreateDirectory(name));
        Assert.Throws<FileSystemException>(() => folder.Target.CreateFile(name, 0));
        Assert.Throws<FileSystemException>(() => folder.Target.CreateSymbolicLink(name, good));
        Assert.Throws<FileSystemException>(() => folder.Target.CreateHardLink(folder.Target, good, name));
        Assert.Throws<FileSystemException>(() => folder.Target.CreateHardLink(folder.Target, name, TestFolder.Name("new")));
        Assert.Throws<FileSystemException>(() => folder.Target.MakeNode(name, FileType.Fifo));
        Assert.Throws<FileSystemException>(() => folder.Target.SetMetadata(name, false, metadata));

        Assert.Equal([good], folder.Names());
        Assert.Equal(before, folder.Source.Stat());
    }

    [Fact]
    public void Missing_parents_of_the_root_are_made_and_links_on_its_way_are_followed()
    {
        using TestFolder folder = new();
        Directory.CreateDirectory(folder["real"]);
        File.CreateSymbolicLink(folder["link"], "real");
        using TargetDirectory root = TargetDirectory.OpenOrCreateRoot(TestFolder.Name(folder["link/a//b/./c/"]));
        Assert.Equal(InodeOf(folder["real/a/b/c"]), root.Stat().Inode);
        Assert.Equal(Convert.ToInt32("700", 8), root.Stat().Mode);
        using TargetDirectory again = TargetDirectory.OpenOrCreateRoot(TestFolder.Name(folder["link/a/b/c"]));
        Assert.Equal(root.Stat().Inode, again.Stat().Inode);

        folder.Write("file", "");
        Assert.Equal(
            Posix.ENOTDIR,
            Assert.Throws<FileSystemException>(
                () => TargetDirectory.OpenOrCreateRoot(TestFolder.Name(folder["file/below"]))).Errno);
        Assert.Equal(
            Posix.ENOENT, Assert.Throws<FileSystemException>(() => TargetDirectory.OpenOrCreateRoot(default)).Errno);
    }

    [Fact]
    public void A_link_in_the_place_of_a_directory_is_replaced_and_never_followed()
    {
        using TestFolder folder = new();
        Directory.CreateDirectory(folder["victim"]);
        File.CreateSymbolicLink(folder["trap"], folder["victim"]);
        using (TargetDirectory directory = folder.Target.OpenOrCreateDirectory(TestFolder.Name("trap")))
        using (TargetFile file = directory.CreateFile(TestFolder.Name("payload"), 0))
        {
            file.Commit();
        }
        Assert.Empty(Directory.GetFileSystemEntries(folder["victim"]));
        Assert.Equal(FileType.Directory, folder.Source.Stat("trap"u8).Type);
        Assert.True(File.Exists(folder["trap/payload"]));
    }

    [Fact]
    public void A_file_in_the_place_of_a_directory_is_replaced_and_a_directory_is_used_as_it_is()
    {
        using TestFolder folder = new();
        folder.Write("a", "a file");
        folder.Target.OpenOrCreateDirectory(TestFolder.Name("a")).Dispose();
        File.WriteAllText(folder["a/kept"], "");
        folder.Target.OpenOrCreateDirectory(TestFolder.Name("a")).Dispose();
        Assert.True(File.Exists(folder["a/kept"]));
        Assert.Equal(Convert.ToInt32("700", 8), folder.Source.Stat("a"u8).Mode);
    }

    [Fact]
    public void A_link_that_another_program_keeps_planting_never_leads_a_file_outside()
    {
        // Goal: no moment between two calls is enough. Method: one thread swaps a directory and a link to a victim, the other restores.
        using TestFolder folder = new();
        Directory.CreateDirectory(folder["victim"]);
        Directory.CreateDirectory(folder["aside"]);
        using CancellationTokenSource stop = new();
        Thread attacker = new(() =>
        {
            for (int round = 0; !stop.IsCancellationRequested; round++)
            {
                try
                {
                    Directory.Move(folder["d"], folder[$"aside/{round}"]);
                    File.CreateSymbolicLink(folder["d"], folder["victim"]);
                }
                catch (IOException)
                {
                    // Too early or too late: again.
                }
            }
        });
        attacker.Start();
        int made = 0;
        for (int round = 0; round < 1000; round++)
        {
            try
            {
                using TargetDirectory directory = folder.Target.OpenOrCreateDirectory(TestFolder.Name("d"));
                using TargetFile file = directory.CreateFile(TestFolder.Name($"f{round}"), 0);
                file.Commit();
                made++;
            }
            catch (FileSystemException)
            {
                // Given up: also safe.
            }
        }
        stop.Cancel();
        attacker.Join();
        Assert.Empty(Directory.GetFileSystemEntries(folder["victim"]));
        Assert.InRange(made, 1, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(TestFolder.Roots), MemberType = typeof(TestFolder))]
    public void Links_and_special_files_replace_what_is_in_their_way_but_no_directory(string root)
    {
        using TestFolder folder = new(root);
        ByteName name = TestFolder.Name("name");
        ByteName other = TestFolder.Name("other");
        folder.Write(other, "other"u8);
        ulong inode = folder.Source.Stat(other.Span).Inode;

        folder.Write(name, "old"u8);
        folder.Target.CreateSymbolicLink(name, TestFolder.Name("somewhere"));
        Assert.Equal(TestFolder.Name("somewhere"), folder.Source.ReadLink(name));
        folder.Target.CreateHardLink(folder.Target, other, name);
        Assert.Equal(inode, folder.Source.Stat(name.Span).Inode);
        // Once more onto itself: a rename between two names of one file would leave both.
        folder.Target.CreateHardLink(folder.Target, other, name);
        Assert.Equal(2u, folder.Source.Stat(name.Span).LinkCount);
        folder.Target.MakeNode(name, FileType.Fifo);
        Assert.Equal(FileType.Fifo, folder.Source.Stat(name.Span).Type);
        folder.Target.MakeNode(name, FileType.Socket);
        Assert.Equal(FileType.Socket, folder.Source.Stat(name.Span).Type);
        Assert.Equal([name, other], folder.Names());

        folder.Target.OpenOrCreateDirectory(name).Dispose();
        int[] errors =
        [
            Assert.Throws<FileSystemException>(() => folder.Target.CreateSymbolicLink(name, other)).Errno,
            Assert.Throws<FileSystemException>(() => folder.Target.CreateHardLink(folder.Target, other, name)).Errno,
            Assert.Throws<FileSystemException>(() => folder.Target.MakeNode(name, FileType.Fifo)).Errno,
            Assert.Throws<FileSystemException>(() => folder.Target.CreateFile(name, 0)).Errno,
        ];
        Assert.All(errors, error => Assert.Equal(Posix.EISDIR, error));
        Assert.Equal([name, other], folder.Names());
    }

    [Fact]
    public void Links_and_FIFOs_can_have_hard_links_and_a_link_is_not_followed_for_it()
    {
        using TestFolder folder = new();
        folder.Write("file", "");
        folder.Target.CreateSymbolicLink(TestFolder.Name("link"), TestFolder.Name("file"));
        folder.Target.MakeNode(TestFolder.Name("fifo"), FileType.Fifo);
        using TargetDirectory below = folder.Target.OpenOrCreateDirectory(TestFolder.Name("below"));
        below.CreateHardLink(folder.Target, TestFolder.Name("link"), TestFolder.Name("link2"));
        below.CreateHardLink(folder.Target, TestFolder.Name("fifo"), TestFolder.Name("fifo2"));
        using SourceDirectory source = below.OpenForReading();
        Assert.Equal(folder.Source.Stat("link"u8), source.Stat("link2"u8));
        Assert.Equal(FileType.SymbolicLink, source.Stat("link2"u8).Type);
        Assert.Equal(folder.Source.Stat("fifo"u8), source.Stat("fifo2"u8));
        Assert.Equal(1u, folder.Source.Stat("file"u8).LinkCount);
    }

    [Fact]
    public void Devices_are_made_by_root_with_their_numbers()
    {
        Assert.SkipUnless(LocalMachine.UserId() == 0, "Only root makes devices");
        using TestFolder folder = new();
        DeviceNumber[] devices = [new(1, 3), new(240, 0x12345), new(DeviceNumber.MajorMax, DeviceNumber.MinorMax)];
        foreach (DeviceNumber device in devices)
        {
            folder.Target.MakeNode(TestFolder.Name("c"), FileType.CharacterDevice, device);
            folder.Target.MakeNode(TestFolder.Name("b"), FileType.BlockDevice, device);
            Assert.Equal((FileType.CharacterDevice, device), (folder.Source.Stat("c"u8).Type, folder.Source.Stat("c"u8).DeviceNumber));
            Assert.Equal((FileType.BlockDevice, device), (folder.Source.Stat("b"u8).Type, folder.Source.Stat("b"u8).DeviceNumber));
        }
        Assert.Throws<FileSystemException>(
            () => folder.Target.MakeNode(TestFolder.Name("x"), FileType.BlockDevice, new DeviceNumber(DeviceNumber.MajorMax + 1, 0)));
        Assert.Throws<FileSystemException>(() => folder.Target.MakeNode(TestFolder.Name("x"), FileType.Regular));
        folder.SetMode("", "777");
        OrdinaryUser.Run(() => Assert.Equal(
            Posix.EPERM,
            Assert.Throws<FileSystemException>(
                () => folder.Target.MakeNode(TestFolder.Name("x"), FileType.BlockDevice, new DeviceNumber(8, 0))).Errno));
    }

    [Theory]
    [MemberData(nameof(TestFolder.Roots), MemberType = typeof(TestFolder))]
    public void Links_FIFOs_sockets_and_directories_get_owner_mode_and_times(string root)
    {
        using TestFolder folder = new(root);
        bool isRoot = LocalMachine.UserId() == 0;
        FileMetadata own = folder.Source.Stat();
        folder.Write("file", "untouched");
        FileMetadata untouched = folder.Source.Stat("file"u8);
        folder.Target.CreateSymbolicLink(TestFolder.Name("link"), TestFolder.Name("file"));
        folder.Target.MakeNode(TestFolder.Name("fifo"), FileType.Fifo);
        folder.Target.MakeNode(TestFolder.Name("socket"), FileType.Socket);
        using TargetDirectory directory = folder.Target.OpenOrCreateDirectory(TestFolder.Name("directory"));
        TargetMetadata metadata = new()
        {
            UserId = isRoot ? 1234 : own.UserId,
            GroupId = isRoot ? 4321 : own.GroupId,
            Mode = Convert.ToInt32("1763", 8),
            ModifiedTime = Time,
            AccessedTime = new UnixTime(-5, 7),
        };

        Assert.True(folder.Target.SetMetadata(TestFolder.Name("link"), isSymbolicLink: true, metadata).IsComplete);
        Assert.True(folder.Target.SetMetadata(TestFolder.Name("fifo"), isSymbolicLink: false, metadata).IsComplete);
        Assert.True(folder.Target.SetMetadata(TestFolder.Name("socket"), isSymbolicLink: false, metadata).IsComplete);
        Assert.True(directory.SetMetadata(metadata).IsComplete);

        foreach (string name in new[] { "link", "fifo", "socket", "directory" })
        {
            FileMetadata actual = folder.Source.Stat(TestFolder.Name(name).Span);
            Assert.Equal(metadata.UserId, actual.UserId);
            Assert.Equal(metadata.GroupId, actual.GroupId);
            Assert.Equal(name == "link" ? Convert.ToInt32("777", 8) : metadata.Mode, actual.Mode);
            Assert.Equal(metadata.ModifiedTime, actual.ModifiedTime);
            Assert.Equal(metadata.AccessedTime, actual.AccessedTime);
        }
        Assert.Equal(untouched, folder.Source.Stat("file"u8));
    }

    private static ulong InodeOf(string path)
    {
        using SourceDirectory directory = SourceDirectory.OpenRoot(TestFolder.Name(path));
        return directory.Stat().Inode;
    }
}
