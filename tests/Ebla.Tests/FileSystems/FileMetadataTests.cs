using Ebla.Primitives;
using System.Globalization;
using Ebla.FileSystems;
using Xunit;

namespace Ebla.Tests.FileSystems;

public sealed class FileMetadataTests
{
    [Theory]
    [MemberData(nameof(TestFolder.Roots), MemberType = typeof(TestFolder))]
    public void All_values_are_those_of_the_stat_program(string root)
    {
        using TestFolder folder = new(root);
        folder.Write("file", "five!");
        folder.Target.CreateHardLink(folder.Target, TestFolder.Name("file"), TestFolder.Name("link"));
        folder.Target.CreateSymbolicLink(TestFolder.Name("symlink"), TestFolder.Name("nowhere"));
        folder.Target.MakeNode(TestFolder.Name("fifo"), FileType.Fifo);
        folder.Target.MakeNode(TestFolder.Name("socket"), FileType.Socket);
        using (TargetFile sparse = folder.Target.CreateFile(TestFolder.Name("sparse"), 10 << 20))
        {
            sparse.WriteAt(5 << 20, "in the middle"u8);
            sparse.SetMetadata(new TargetMetadata
            {
                UserId = LocalMachine.UserId(),
                Mode = Convert.ToInt32("4751", 8),
                ModifiedTime = new UnixTime(-1, 999_999_999),
                AccessedTime = new UnixTime(5_000_000_000, 1),
            });
            sparse.Commit();
        }
        folder.Target.OpenOrCreateDirectory(TestFolder.Name("directory")).Dispose();

        AssertAsStat(folder, "file", FileType.Regular);
        AssertAsStat(folder, "link", FileType.Regular);
        AssertAsStat(folder, "symlink", FileType.SymbolicLink);
        AssertAsStat(folder, "fifo", FileType.Fifo);
        AssertAsStat(folder, "socket", FileType.Socket);
        AssertAsStat(folder, "sparse", FileType.Regular);
        AssertAsStat(folder, "directory", FileType.Directory);
        Assert.Equal(2u, folder.Source.Stat("link"u8).LinkCount);
        FileMetadata holes = folder.Source.Stat("sparse"u8);
        Assert.Equal(10 << 20, holes.SizeInBytes);
        Assert.InRange(holes.AllocatedSizeInBytes, 1, 1 << 20);
        Assert.Equal(new UnixTime(-1, 999_999_999), holes.ModifiedTime);
        Assert.Equal(Convert.ToInt32("4751", 8), holes.Mode);
        Assert.Equal(folder.Source.Stat().Inode, folder.Target.Stat().Inode);
    }

    [Fact]
    public void Device_numbers_are_those_of_the_device_itself()
    {
        using SourceDirectory dev = SourceDirectory.OpenRoot(TestFolder.Name("/dev"));
        FileMetadata zero = dev.Stat("zero"u8);
        Assert.Equal(FileType.CharacterDevice, zero.Type);
        Assert.Equal(new DeviceNumber(1, 5), zero.DeviceNumber);
    }

    [Theory]
    [InlineData(0u, 0u, 0u)]
    [InlineData(8u, 1u, 0x801u)]
    [InlineData(259u, 0x12345u, 0x12310345u)]
    [InlineData(DeviceNumber.MajorMax, DeviceNumber.MinorMax, uint.MaxValue)]
    public void A_device_number_is_packed_as_the_kernel_packs_it(uint major, uint minor, uint packed)
        => Assert.Equal(packed, new DeviceNumber(major, minor).Encode());

    [Fact]
    public void Times_before_1970_sort_before_later_ones()
    {
        UnixTime[] sorted = [new(-2, 0), new(-2, 1), new(-1, 0), new(0, 0), new(0, (UnixTime.NanosecondsPerSecond - 1)), new(1, 0)];
        Assert.Equal(sorted, sorted.Reverse().Order());
        Assert.Throws<ArgumentOutOfRangeException>(() => new UnixTime(0, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new UnixTime(0, (UnixTime.NanosecondsPerSecond - 1) + 1));
    }

    [Fact]
    public void The_nodump_flag_is_seen_where_the_file_system_has_it()
    {
        using TestFolder folder = new();
        folder.Write("file", "");
        using System.Diagnostics.Process chattr = System.Diagnostics.Process.Start("chattr", ["+d", folder["file"]]);
        chattr.WaitForExit();
        Assert.SkipUnless(chattr.ExitCode == 0, "This file system has no such flag");
        Assert.True(folder.Source.Stat("file"u8).HasNoDumpFlag);
        _ = TestFolder.Run("chattr", "-d", folder["file"]);
        Assert.False(folder.Source.Stat("file"u8).HasNoDumpFlag);
    }

    private static void AssertAsStat(TestFolder folder, string name, FileType type)
    {
        FileMetadata metadata = folder.Source.Stat(TestFolder.Name(name).Span);
        string actual = string.Create(
            CultureInfo.InvariantCulture,
            $"{Convert.ToString(metadata.Mode, 8)} {metadata.UserId} {metadata.GroupId} {metadata.SizeInBytes} "
            + $"{metadata.AllocatedSizeInBytes / 512} {metadata.Inode} {metadata.LinkCount} {Text(metadata.AccessedTime)} "
            + $"{Text(metadata.ModifiedTime)} {Text(metadata.ChangedTime)} {metadata.Device >> 32}:{metadata.Device & uint.MaxValue}");
        Assert.Equal(TestFolder.Run("stat", "-c", "%a %u %g %s %b %i %h %.9X %.9Y %.9Z %Hd:%Ld", folder[name]), actual);
        Assert.Equal(type, metadata.Type);
    }

    // As stat prints it: a decimal fraction, so half a second before 1970 is -0.5.
    private static string Text(UnixTime time)
        => ((decimal)time.Seconds + time.Nanoseconds / 1_000_000_000m).ToString("F9", CultureInfo.InvariantCulture);
}
