using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using Ebla.FileSystems;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.FileSystems;

/// <summary>Extended attributes and flags, on real file systems, made and looked at by other programs where that is possible.</summary>
public sealed class AttributeTests
{
    private static readonly AttributeReader Reader = new();

    public static TheoryData<string> Roots => TestFolder.Roots;

    [Theory]
    [MemberData(nameof(Roots))]
    public void What_other_programs_have_set_is_read(string root)
    {
        using TestFolder folder = new(root);
        folder.Write("file", "content");
        SetText(folder["file"], "user.b", "two");
        SetText(folder["file"], "user.a", "");
        _ = TestFolder.Run("setfacl", "-m", "u:12345:rw", folder["file"]);
        _ = Directory.CreateDirectory(folder["folder"]);
        _ = TestFolder.Run("setfacl", "-d", "-m", "g:12345:rx", folder["folder"]);

        Assert.Equal(["system.posix_acl_access", "user.a=", "user.b=two"], Describe(ReadFile(folder, "file")));
        Assert.Equal(["system.posix_acl_default"], Describe(ReadDirectory(folder, "folder")));
    }

    [Theory]
    [MemberData(nameof(Roots))]
    public void Random_sets_of_attributes_come_back_whole(string root)
    {
        int seed = RandomNumberGenerator.GetInt32(int.MaxValue);
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}"));
        Random random = new(seed);
        using TestFolder folder = new(root);
        for (int round = 0; round < 60; round++)
        {
            // On a disk of ext4 all of them share one block of 4 KiB.
            List<ExtendedAttribute> wanted = MakeSet(random, countMax: round % 10 == 0 ? 60 : 8, sizeInBytesMax: 3000);
            ByteName name = TestFolder.Name("file");
            using (TargetFile file = folder.Target.CreateFile(name, 0))
            {
                Assert.True(file.SetMetadata(Plain with { ExtendedAttributes = MakeSet(random, 5, 500) }).IsComplete);
                MetadataOutcome outcome = file.SetMetadata(Plain with { ExtendedAttributes = wanted });
                Assert.Equal(0, outcome.Errno);
                file.Commit();
            }
            // A file that was just made was known to have no attributes, so what the first set left is still there; a directory is asked.
            EntryAttributes read = ReadFile(folder, "file");
            Assert.Empty(wanted.Except(read.Extended));
            using TargetDirectory directory = folder.Target.OpenOrCreateDirectory(TestFolder.Name("folder"));
            Assert.True(directory.SetMetadata(Plain with { Mode = 0x1C0, ExtendedAttributes = wanted }).IsComplete);
            Assert.Equal(wanted, ReadDirectory(folder, "folder").Extended);
        }
    }

    [Fact]
    public void A_value_of_64_KiB_and_more_names_than_a_page_holds_are_read()
    {
        Assert.SkipUnless(Directory.Exists("/dev/shm"), "There is no file system in memory.");
        using TestFolder folder = new("/dev/shm");
        byte[] value = RandomNumberGenerator.GetBytes(64 << 10);
        List<ExtendedAttribute> wanted = [new ExtendedAttribute(TestFolder.Name("trusted.large"), value)];
        for (int i = 0; i < 150; i++)
        {
            string name = $"trusted.{i:D5}-{new string('n', 230)}";
            wanted.Add(new ExtendedAttribute(TestFolder.Name(name), new byte[i % 3]));
        }
        wanted = [.. wanted.OrderBy(attribute => attribute.Name)];
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root has trusted attributes, and those of users are few in memory.");
        using (TargetFile file = folder.Target.CreateFile(TestFolder.Name("file"), 0))
        {
            Assert.Equal(new MetadataOutcome(MetadataProblems.None, 0), file.SetMetadata(Plain with { ExtendedAttributes = wanted }));
            file.Commit();
        }
        EntryAttributes read = ReadFile(folder, "file");
        Assert.Empty(read.Problems);
        Assert.Equal(wanted, read.Extended);
    }

    [Fact]
    public void Links_pipes_sockets_and_devices_have_attributes_of_their_own_and_are_not_opened()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root has trusted attributes.");
        using TestFolder folder = new();
        folder.Write("aim", "content");
        File.CreateSymbolicLink(folder["link"], folder["aim"]);
        File.CreateSymbolicLink(folder["dangling"], "nowhere");
        _ = TestFolder.Run("mkfifo", folder["pipe"]);
        _ = TestFolder.Run("mknod", folder["device"], "c", "4095", "70000"); // There is no such driver: to open it would fail.
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(folder["socket"]));
        foreach (string name in (string[])["link", "dangling", "pipe", "device", "socket"])
        {
            ExtendedAttribute[] wanted = [new(TestFolder.Name("trusted.name"), TestFolder.Name(name).Span.ToArray())];
            bool isLink = name is "link" or "dangling";
            TargetMetadata metadata = Plain with { ExtendedAttributes = wanted, UserId = 0, GroupId = 0 };
            for (int round = 0; round < 2; round++)
            {
                MetadataOutcome outcome = folder.Target.SetMetadata(TestFolder.Name(name), isLink, metadata);
                Assert.Equal(new MetadataOutcome(MetadataProblems.None, 0), outcome);
                Assert.Equal(wanted, ReadEntry(folder, name).Extended);
            }
            Assert.Equal(
                $"# file: {name}\ntrusted.name=\"{name}\"",
                TestFolder.Run("bash", "-c", $"cd '{folder.FullName}' && getfattr -h -d -m - {name}").Trim());
            _ = folder.Target.SetMetadata(TestFolder.Name(name), isLink, metadata with { ExtendedAttributes = [] });
            Assert.Empty(ReadEntry(folder, name).Extended);
        }
        Assert.Empty(ReadFile(folder, "aim").Extended);
    }

    [Fact]
    public void What_an_existing_entry_has_and_should_not_have_is_removed()
    {
        using TestFolder folder = new();
        _ = Directory.CreateDirectory(folder["folder"]);
        SetText(folder["folder"], "user.old", "x");
        SetText(folder["folder"], "user.both", "old");
        _ = TestFolder.Run("setfacl", "-m", "u:12345:rwx", "-d", "-m", "u:12345:rwx", folder["folder"]);
        using TargetDirectory directory = folder.Target.OpenOrCreateDirectory(TestFolder.Name("folder"));
        ExtendedAttribute[] wanted = [new(TestFolder.Name("user.both"), "new"u8.ToArray()), new(TestFolder.Name("user.new"), default)];
        Assert.True(directory.SetMetadata(Plain with { Mode = 0x1E8, ExtendedAttributes = wanted }).IsComplete);
        Assert.Equal(["user.both=new", "user.new="], Describe(ReadDirectory(folder, "folder")));
        Assert.Equal("750", TestFolder.Run("stat", "-c", "%a", folder["folder"]));
        Assert.True(directory.SetMetadata(Plain with { Mode = 0x1E8 }).IsComplete);
        Assert.Equal(["user.both=new", "user.new="], Describe(ReadDirectory(folder, "folder")));
    }

    [Fact]
    public void An_inherited_access_control_list_goes_and_ones_own_stays()
    {
        using TestFolder folder = new();
        folder.Write("pattern", "");
        _ = TestFolder.Run("setfacl", "-m", "u:12345:rw,g:54321:r,m::rw", folder["pattern"]);
        IReadOnlyList<ExtendedAttribute> list = ReadFile(folder, "pattern").Extended;
        _ = TestFolder.Run("setfacl", "-d", "-m", "u:777:rwx", folder.FullName);
        foreach ((string name, IReadOnlyList<ExtendedAttribute> wanted) in
            (IEnumerable<(string, IReadOnlyList<ExtendedAttribute>)>)[("plain", []), ("listed", list), ("again", [])])
        {
            using TargetFile file = folder.Target.CreateFile(TestFolder.Name(name), 0);
            Assert.True(file.SetMetadata(Plain with { Mode = 0x1B4, ExtendedAttributes = wanted }).IsComplete);
            file.Commit();
            Assert.Equal(wanted, ReadFile(folder, name).Extended);
            Assert.Equal("664", TestFolder.Run("stat", "-c", "%a", folder[name]));
        }
    }

    [Fact]
    public void Capabilities_and_set_id_bits_survive_the_change_of_the_owner()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root gives files away.");
        using TestFolder folder = new();
        folder.Write("pattern", "x");
        _ = TestFolder.Run("setcap", "cap_net_raw+ep", folder["pattern"]);
        EntryAttributes pattern = ReadFile(folder, "pattern");
        using (TargetFile file = folder.Target.CreateFile(TestFolder.Name("file"), 0))
        {
            file.WriteAt(0, "x"u8);
            Assert.True(file.SetMetadata(Plain with
            {
                Mode = 0xDED,
                UserId = 12345,
                GroupId = 54321,
                ExtendedAttributes = pattern.Extended,
            }).IsComplete);
            file.Commit();
        }
        Assert.Equal("12345 54321 6755", TestFolder.Run("stat", "-c", "%u %g %a", folder["file"]));
        Assert.Contains("cap_net_raw=ep", TestFolder.Run("getcap", folder["file"]), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Roots))]
    public void Flags_are_read_and_set_and_the_final_ones_only_at_the_end(string root)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root makes files immutable.");
        using TestFolder folder = new(root);
        const FileFlags Wanted = FileFlags.Immutable | FileFlags.NoDump | FileFlags.NoAccessTime;
        using (TargetFile file = folder.Target.CreateFile(TestFolder.Name("file"), 0, Wanted))
        {
            MetadataOutcome outcome = file.SetMetadata(Plain with { Flags = Wanted });
            Assert.Equal(new MetadataOutcome(MetadataProblems.None, 0) { FinalFlags = FileFlags.Immutable }, outcome);
            file.Commit();
        }
        Assert.Equal(Wanted & ~FileFlagSets.Final, ReadFile(folder, "file").Flags);
        folder.Target.SetFinalFlags(TestFolder.Name("file"), FileFlags.Immutable);
        Assert.Equal(Wanted, ReadFile(folder, "file").Flags);
        string listed = TestFolder.Run("lsattr", folder["file"]).Split(' ')[0];
        Assert.Equal("idA", FileFlagSets.ToLetters(Wanted));
        Assert.Equal("idA", string.Concat(listed.Where("idA".Contains)));

        // Directories; and what refuses changes is made to take them again.
        for (int round = 0; round < 2; round++)
        {
            using TargetDirectory directory = folder.Target.OpenOrCreateDirectory(TestFolder.Name("folder"));
            folder.Write($"folder/{round}", "made");
            MetadataOutcome outcome = directory.SetMetadata(Plain with { Mode = 0x1C0, Flags = FileFlags.AppendOnly | FileFlags.Immutable });
            Assert.True(outcome.IsComplete);
            Assert.Equal(FileFlagSets.Final, outcome.FinalFlags);
            directory.SetFinalFlags(default, outcome.FinalFlags);
            Assert.Equal(FileFlagSets.Final, ReadDirectory(folder, "folder").Flags);
        }
        using (TargetDirectory directory = folder.Target.OpenOrCreateDirectory(TestFolder.Name("folder")))
        {
            Assert.True(directory.SetMetadata(Plain with { Mode = 0x1C0, Flags = FileFlags.None }).IsComplete);
        }
        Assert.Equal(FileFlags.None, ReadDirectory(folder, "folder").Flags);
        _ = TestFolder.Run("chattr", "-i", folder["file"]);
    }

    [Fact]
    public void A_flag_that_the_file_system_does_not_know_is_told_and_the_others_are_set()
    {
        Assert.SkipUnless(Directory.Exists("/dev/shm"), "There is no file system in memory.");
        using TestFolder folder = new("/dev/shm");
        using TargetFile file = folder.Target.CreateFile(TestFolder.Name("file"), 0);
        Assert.SkipWhen(Posix.GetFlags(file, out _) < 0, "Linux before 6.6 has no flags in memory.");
        const FileFlags Wanted = FileFlags.NoDump | FileFlags.Synchronous | FileFlags.NoAccessTime | FileFlags.JournaledData;
        MetadataOutcome outcome = file.SetMetadata(Plain with { Flags = Wanted });
        file.Commit();
        Assert.Equal(MetadataProblems.Flags, outcome.Problems);
        Assert.Equal(FileFlags.NoDump | FileFlags.NoAccessTime, ReadFile(folder, "file").Flags);
        using TargetDirectory directory = folder.Target.OpenOrCreateDirectory(TestFolder.Name("folder"));
        Assert.True(directory.SetMetadata(Plain with { Flags = FileFlags.NoDump }).IsComplete);
        Assert.Equal(MetadataProblems.Flags, directory.SetMetadata(Plain with { Flags = FileFlags.Synchronous }).Problems);
        Assert.Equal(FileFlags.None, ReadDirectory(folder, "folder").Flags);
    }

    [Fact]
    public void What_an_ordinary_user_may_not_set_is_told_and_the_rest_is_set() => OrdinaryUser.Run(() =>
    {
        using TestFolder folder = new();
        using TargetFile file = folder.Target.CreateFile(TestFolder.Name("file"), 0);
        MetadataOutcome outcome = file.SetMetadata(Plain with
        {
            Mode = 0x124, // Not writable in the end, not even for the owner.
            Flags = FileFlags.Immutable | FileFlags.NoDump,
            ExtendedAttributes =
            [
                new(TestFolder.Name("security.capability"), Convert.FromHexString("0100000200200000000000000000000000000000")),
                new(TestFolder.Name("trusted.a"), "x"u8.ToArray()),
                new(TestFolder.Name("user.a"), "x"u8.ToArray()),
            ],
        });
        file.Commit();
        Assert.Equal(MetadataProblems.Capabilities | MetadataProblems.TrustedAttributes, outcome.Problems);
        Assert.Equal(Posix.EPERM, outcome.ErrnoOf(MetadataProblems.TrustedAttributes));
        Assert.Equal(FileFlags.Immutable, outcome.FinalFlags);
        Assert.Equal(
            Posix.EPERM,
            Assert.Throws<FileSystemException>(() => folder.Target.SetFinalFlags(TestFolder.Name("file"), outcome.FinalFlags)).Errno);
        EntryAttributes read = ReadFile(folder, "file");
        Assert.Equal(["user.a=x"], Describe(read));
        Assert.Equal(FileFlags.NoDump, read.Flags);
    });

    [Fact]
    public void A_file_system_without_flags_or_attributes_has_none()
    {
        using SourceDirectory proc = SourceDirectory.OpenRoot(TestFolder.Name("/proc/self"));
        using SourceFile file = proc.OpenFile(TestFolder.Name("status"));
        for (int round = 0; round < 2; round++)
        {
            foreach (EntryAttributes read in (EntryAttributes[])[Reader.Read(file, file.Metadata), Reader.Read(proc, proc.Stat())])
            {
                Assert.Empty(read.Extended);
                Assert.Empty(read.Problems);
                Assert.Equal(FileFlags.None, read.Flags);
            }
        }
    }

    [Fact]
    public void A_directory_on_the_way_tells_its_own()
    {
        using TestFolder folder = new();
        SetText(folder.FullName, "user.way", "yes");
        _ = TestFolder.Run("chattr", "+d", folder.FullName);
        using SourceDirectory way = SourceDirectory.OpenWay(TestFolder.Name(folder.FullName));
        EntryAttributes read = Reader.Read(way, way.Stat());
        Assert.Equal(["user.way=yes"], Describe(read));
        Assert.Equal(FileFlags.NoDump, read.Flags);
        Assert.Empty(read.Problems);
    }

    [Fact]
    public void An_entry_that_has_vanished_is_told_so()
    {
        using TestFolder folder = new();
        FileMetadata metadata = folder.Source.Stat() with { Type = FileType.Fifo };
        FileSystemException exception = Assert.Throws<FileSystemException>(
            () => Reader.Read(folder.Source, TestFolder.Name("gone"), metadata));
        Assert.True(exception.IsVanished);
    }

    [Fact]
    public void Ones_own_directory_that_is_closed_to_oneself_takes_entries() => OrdinaryUser.Run(() =>
    {
        using TestFolder folder = new();
        foreach (string mode in (string[])["000", "444", "555", "300"])
        {
            _ = Directory.CreateDirectory(folder[mode]);
            folder.SetMode(mode, mode);
            using TargetDirectory directory = folder.Target.OpenOrCreateDirectory(TestFolder.Name(mode));
            using (TargetFile file = directory.CreateFile(TestFolder.Name("file"), 0))
            {
                file.Commit();
            }
            Assert.True(directory.SetMetadata(Plain with { Mode = Convert.ToInt32(mode, 8) }).IsComplete);
            Assert.Equal(mode, TestFolder.Run("stat", "-c", "%a", folder[mode]).PadLeft(3, '0'));
            folder.SetMode(mode, "700");
        }
    });

    private static TargetMetadata Plain { get; } = new() { Mode = 0x1A4, ModifiedTime = new UnixTime(1_700_000_000, 5) };

    private static void SetText(string path, string attribute, string value)
        => _ = TestFolder.Run("setfattr", "-n", attribute, "-v", value, path);

    private static EntryAttributes ReadFile(TestFolder folder, string name)
    {
        using SourceFile file = folder.Source.OpenFile(TestFolder.Name(name));
        return Reader.Read(file, file.Metadata);
    }

    private static EntryAttributes ReadDirectory(TestFolder folder, string name)
    {
        using SourceDirectory directory = folder.Source.OpenDirectory(TestFolder.Name(name));
        return Reader.Read(directory, directory.Stat());
    }

    private static EntryAttributes ReadEntry(TestFolder folder, string name)
        => Reader.Read(folder.Source, TestFolder.Name(name), folder.Source.Stat(TestFolder.Name(name).Span));

    // Names, and the values of those that are text.
    private static string[] Describe(EntryAttributes attributes) =>
    [
        .. attributes.Extended.Select(attribute => attribute.Name.Span.StartsWith("user."u8)
            ? $"{attribute.Name}={System.Text.Encoding.UTF8.GetString(attribute.Value.Span)}"
            : $"{attribute.Name}"),
    ];

    private static List<ExtendedAttribute> MakeSet(Random random, int countMax, int sizeInBytesMax)
    {
        SortedDictionary<ByteName, ExtendedAttribute> set = [];
        int left = sizeInBytesMax;
        for (int i = random.Next(countMax + 1); i > 0 && left > 100; i--)
        {
            byte[] name = new byte[random.Next(1, 40)];
            for (int at = 0; at < name.Length; at++)
            {
                name[at] = (byte)random.Next(1, 256);
            }
            byte[] value = new byte[random.Next(4) == 0 ? 0 : random.Next(Math.Min(left - 80, 400))];
            random.NextBytes(value);
            ByteName whole = new([.. "user."u8, .. name]);
            set[whole] = new ExtendedAttribute(whole, value);
            left -= value.Length + name.Length + 20;
        }
        return [.. set.Values];
    }
}
