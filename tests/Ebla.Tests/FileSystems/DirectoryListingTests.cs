using System.Buffers.Binary;
using System.Diagnostics;
using Ebla.FileSystems;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.FileSystems;

public sealed class DirectoryListingTests
{
    [Theory]
    [MemberData(nameof(TestFolder.Roots), MemberType = typeof(TestFolder))]
    public void Any_bytes_that_the_file_system_takes_come_back_as_names(string root)
    {
        using TestFolder folder = new(root);
        List<ByteName> names =
        [
            new([(byte)'a', 0xE9, (byte)'b']),
            new([(byte)'a', 0xE8, (byte)'b']),
            new([0xFF, 0xFE]),
            new([0xED, 0xA0, 0x80]),
            new("new\nline"u8),
            new("back\\slash"u8),
            new(" "u8),
            new("..."u8),
            new("é"u8),
            new("e\u0301"u8),
            new(Enumerable.Repeat((byte)'x', 255).ToArray()),
            new(Enumerable.Repeat((byte)0xFF, 255).ToArray()),
        ];
        foreach (ByteName name in names)
        {
            folder.Write(name, name.Span);
        }

        names.Sort();
        Assert.Equal(names, folder.Names());
        byte[] content = new byte[300];
        foreach (ByteName name in names)
        {
            Assert.Equal(name.Length, folder.Source.Stat(name.Span).SizeInBytes);
            using SourceFile file = folder.Source.OpenFile(name);
            Assert.Equal(name, new ByteName(content.AsSpan(0, file.Read(content))));
        }
    }

    [Fact]
    public void An_empty_directory_has_no_names()
    {
        using TestFolder folder = new();
        DirectoryListing listing = folder.Source.ReadNames();
        Assert.Equal(0, listing.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => listing[0].Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => listing[-1].Length);
    }

    [Fact]
    public void Names_are_sorted_by_unsigned_bytes_and_each_stands_once_however_alike_they_are()
    {
        // Goal: the sort by eight bytes at a time agrees with the plain one. Method: few letters and long shared beginnings, so that runs
        // of equal keys, ends inside a key and ends on its edge are common; and repeated names, as from a directory that changes.
        for (int seed = 0; seed < 300; seed++)
        {
            Random random = new(seed);
            List<ByteName> names = [];
            int count = random.Next(1, 200);
            for (int index = 0; index < count; index++)
            {
                byte[] name = new byte[random.Next(1, random.Next(2, 40))];
                for (int at = 0; at < name.Length; at++)
                {
                    name[at] = at < 9 && random.Next(10) > 0 ? (byte)'p' : (byte)(1 + random.Next(255));
                    name[at] = name[at] == (byte)'/' ? (byte)1 : name[at];
                }
                names.Add(new ByteName(name));
                if (random.Next(20) == 0)
                {
                    names.Add(names[random.Next(names.Count)]);
                }
            }
            names.RemoveAll(name => name.Span.SequenceEqual("."u8) || name.Span.SequenceEqual(".."u8));

            List<ByteName> expected = [.. names.Distinct().Order()];
            List<ByteName> actual = List(names);
            Assert.True(expected.SequenceEqual(actual), $"seed {seed}");
        }
    }

    [Fact]
    public void A_directory_of_100_000_files_takes_memory_for_little_more_than_the_bytes_of_its_names()
    {
        using TestFolder folder = new(Directory.Exists("/dev/shm") ? "/dev/shm" : null);
        const int FileCount = 100_000;
        for (int index = 0; index < FileCount; index++)
        {
            // Backwards, so that a file system which keeps the order does not sort for us.
            folder.Target.MakeNode(TestFolder.Name($"IMG_{FileCount - index:D8}.jpeg"), FileType.Fifo);
        }
        _ = folder.Source.ReadNames();
        long before = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        DirectoryListing listing = folder.Source.ReadNames();
        TimeSpan duration = Stopwatch.GetElapsedTime(start);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(FileCount, listing.Count);
        for (int index = 0; index < FileCount; index++)
        {
            Assert.True(listing[index].SequenceEqual(TestFolder.Name($"IMG_{index + 1:D8}.jpeg").Span));
        }
        // 18 bytes a name, kept: at most twice that and 4 for the place; while it is made: the growing buffer again and 8 for the key.
        Assert.InRange(allocated, 0, FileCount * 120);
        Assert.True(duration < TimeSpan.FromSeconds(5), $"{duration}");
    }

    [Fact]
    public void Reading_again_shows_what_has_come_and_gone()
    {
        using TestFolder folder = new();
        folder.Write("a", "");
        Assert.Equal([TestFolder.Name("a")], folder.Names());
        folder.Write("b", "");
        File.Delete(folder["a"]);
        Assert.Equal([TestFolder.Name("b")], folder.Names());
    }

    [Fact]
    public async Task Two_readers_of_one_descriptor_each_get_all_names()
    {
        using TestFolder folder = new();
        for (int index = 0; index < 3000; index++)
        {
            folder.Target.MakeNode(TestFolder.Name($"{index}"), FileType.Fifo);
        }
        int[] counts = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => Task.Run(() => folder.Source.ReadNames().Count)));
        Assert.All(counts, count => Assert.Equal(3000, count));
    }

    private static List<ByteName> List(List<ByteName> names)
    {
        using DirectoryListing.Builder builder = new();
        foreach (ByteName name in names.Prepend(TestFolder.Name("..")).Append(TestFolder.Name(".")))
        {
            // struct linux_dirent64, as the kernel fills it: the record is a multiple of eight, what follows the name's zero is garbage.
            int size = (19 + name.Length + 1 + 7) / 8 * 8;
            Span<byte> entry = builder.Scratch[..size];
            entry.Fill(0xAA);
            BinaryPrimitives.WriteUInt16LittleEndian(entry[16..], (ushort)size);
            name.Span.CopyTo(entry[19..]);
            entry[19 + name.Length] = 0;
            Assert.True(builder.Add(size));
        }
        DirectoryListing listing = builder.Build();
        return [.. Enumerable.Range(0, listing.Count).Select(index => new ByteName(listing[index]))];
    }
}
