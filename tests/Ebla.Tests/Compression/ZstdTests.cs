using System.Buffers.Binary;
using Ebla.Compression;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Compression;

public sealed class ZstdTests
{
    private static readonly ZstdLibrary Native = NativeZstd.TryLoad() ?? (ZstdLibrary)ManagedZstd.Instance;

    private static readonly ZstdLibrary[] Libraries = [Native, ManagedZstd.Instance];

    /// <summary>Writers and readers in all combinations.</summary>
    public static TheoryData<int, int> LibraryPairs() => new() { { 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 1 } };

    public static TheoryData<int> EachLibrary() => [0, 1];

    [Fact]
    public void The_native_library_is_used_where_it_is_shipped()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && File.Exists("/lib64/ld-linux-x86-64.so.2"), "The library is for glibc on x64 here.");

        Assert.StartsWith("native 1.5", ZstdLibrary.Default.Description, StringComparison.Ordinal);
        Assert.StartsWith("managed 1.5", ManagedZstd.Instance.Description, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(LibraryPairs))]
    public void What_one_library_writes_the_other_reads(int writer, int reader)
    {
        using ZstdDecompressor decompressor = new(Libraries[reader]);
        foreach (int level in (int[])[-7, 1, 3, 9])
        {
            using ZstdCompressor compressor = new(level, Libraries[writer]);
            foreach (int length in (int[])[0, 1, 2, 255, 256, 257, 4095, 65_791, 65_792, 131_073, 300_000])
            {
                foreach (byte[] content in (byte[][])
                    [new byte[length], CompressionInputs.Random(length), CompressionInputs.Text(length), CompressionInputs.Mixed(length)])
                {
                    Assert.Equal(content, Decompress(decompressor, Compress(compressor, content), length));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(LibraryPairs))]
    public void Blocks_of_4_MiB_and_more_come_back(int writer, int reader)
    {
        using ZstdCompressor compressor = new(1, Libraries[writer]);
        using ZstdDecompressor decompressor = new(Libraries[reader]);
        foreach (byte[] content in (byte[][])[CompressionInputs.Mixed(4 << 20), new byte[17 << 20]])
        {
            Assert.Equal(content, Decompress(decompressor, Compress(compressor, content), content.Length));
        }
    }

    [Theory]
    [MemberData(nameof(EachLibrary))]
    public void Every_level_writes_frames_that_are_read(int library)
    {
        // Method: a repetitive block over 8 MiB asks for the largest window of each level.
        byte[] content = new byte[(9 << 20) + 1];
        CompressionInputs.Text(100).CopyTo(content, 0);
        using ZstdDecompressor decompressor = new(Libraries[library]);
        for (int level = ZstdCompressor.LevelMin; level <= ZstdCompressor.LevelMax; level += level < 15 ? 11 : 1)
        {
            using ZstdCompressor compressor = new(level, Libraries[library]);
            byte[] frame = Compress(compressor, content);

            Assert.Equal(content, Decompress(decompressor, frame, content.Length));
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => new ZstdCompressor(ZstdCompressor.LevelMin - 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ZstdCompressor(ZstdCompressor.LevelMax + 1));
    }

    [Theory]
    [MemberData(nameof(EachLibrary))]
    public void A_frame_has_a_content_size_and_neither_checksum_nor_dictionary(int library)
    {
        using ZstdCompressor compressor = new(3, Libraries[library]);
        foreach (int length in (int[])[0, 100, 1000, 100_000, 9 << 20])
        {
            byte[] frame = Compress(compressor, CompressionInputs.Text(length));

            Assert.Equal(0, frame[4] & 0b111);
            Assert.Equal((ulong)length, ZstdFrameHeader.Read(frame).ContentSize);
        }
    }

    [Theory]
    [MemberData(nameof(EachLibrary))]
    public void What_does_not_fit_gives_0_and_the_compressor_lives_on(int library)
    {
        using ZstdCompressor compressor = new(3, Libraries[library]);
        using ZstdDecompressor decompressor = new(Libraries[library]);
        byte[] content = CompressionInputs.Mixed(200_000);
        byte[] frame = Compress(compressor, content);
        byte[] destination = new byte[frame.Length];

        Assert.Equal(0, compressor.Compress(CompressionInputs.Random(100_000), destination.AsSpan(0, 100_000)));
        foreach (int length in (int[])[0, 1, 5, 100, frame.Length / 2, frame.Length - 1])
        {
            Assert.Equal(0, compressor.Compress(content, destination.AsSpan(0, length)));
        }
        Assert.Equal(frame.Length, compressor.Compress(content, destination));
        Assert.Equal(content, Decompress(decompressor, destination, content.Length));
    }

    [Fact]
    public void The_bound_is_that_of_zstd_and_holds()
    {
        foreach (int length in (int[])[0, 1, 2047, 2048, 131_071, 131_072, 131_073, 12_345_678, 1 << 30])
        {
            Assert.Equal((int)ZstdSharp.Unsafe.Methods.ZSTD_compressBound((nuint)length), ZstdCompressor.CompressBound(length));
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => ZstdCompressor.CompressBound(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ZstdCompressor.CompressBound((1 << 30) + 1));
        using ZstdCompressor compressor = new(1);
        foreach (int length in (int[])[0, 1, 17, 1000, 128 << 10, 1 << 20])
        {
            Assert.NotEqual(0, compressor.Compress(CompressionInputs.Random(length), new byte[ZstdCompressor.CompressBound(length)]));
        }
    }

    [Theory]
    [MemberData(nameof(EachLibrary))]
    public void Every_bit_flipped_in_a_frame_gives_a_typed_error_or_content_of_the_right_size(int library)
    {
        // A zstd frame without checksum does not notice all damage: that is for the hash of the blob.
        using ZstdCompressor compressor = new(3, Libraries[library]);
        using ZstdDecompressor decompressor = new(Libraries[library]);
        byte[] content = CompressionInputs.Text(2000);
        byte[] frame = Compress(compressor, content);
        int refusedCount = 0;
        for (int bit = 0; bit < frame.Length * 8; bit++)
        {
            byte[] damaged = [.. frame];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            if (IsRefused(decompressor, damaged, content.Length))
            {
                refusedCount++;
            }
            else
            {
                Assert.True(bit / 8 > 4, $"bit {bit}");
            }
        }
        Assert.True(refusedCount > 100);
        Assert.Equal(content, Decompress(decompressor, frame, content.Length));
    }

    [Theory]
    [MemberData(nameof(EachLibrary))]
    public void Random_damage_never_does_worse_than_a_typed_error(int library)
    {
        using ZstdCompressor compressor = new(1, Libraries[library]);
        using ZstdDecompressor decompressor = new(Libraries[library]);
        byte[] content = CompressionInputs.Mixed(20_000);
        byte[] frame = Compress(compressor, content);
        Random random = new(5);
        for (int round = 0; round < 3000; round++)
        {
            byte[] damaged = [.. frame];
            int at = random.Next(3) == 0 ? random.Next(20) : random.Next(frame.Length);
            random.NextBytes(damaged.AsSpan(at, Math.Min(random.Next(1, 9), frame.Length - at)));
            IsRefused(decompressor, damaged, content.Length);
        }
        Assert.Equal(content, Decompress(decompressor, frame, content.Length));
    }

    [Theory]
    [MemberData(nameof(EachLibrary))]
    public void A_frame_cut_short_anywhere_is_refused(int library)
    {
        using ZstdCompressor compressor = new(3, Libraries[library]);
        using ZstdDecompressor decompressor = new(Libraries[library]);
        foreach (byte[] content in (byte[][])[[], CompressionInputs.Text(1500), CompressionInputs.Random(500), new byte[300]])
        {
            byte[] frame = Compress(compressor, content);
            for (int length = 0; length < frame.Length; length++)
            {
                Assert.True(IsRefused(decompressor, frame[..length], content.Length));
            }
        }
    }

    [Theory]
    [MemberData(nameof(EachLibrary))]
    public void Anything_after_the_frame_is_refused(int library)
    {
        using ZstdCompressor compressor = new(3, Libraries[library]);
        using ZstdDecompressor decompressor = new(Libraries[library]);
        byte[] content = CompressionInputs.Text(1000);
        byte[] frame = Compress(compressor, content);
        byte[] emptyFrame = Compress(compressor, []);
        byte[] skippableFrame = [0x50, 0x2A, 0x4D, 0x18, 1, 0, 0, 0, 9];

        Assert.True(IsRefused(decompressor, [.. frame, 0], content.Length));
        Assert.True(IsRefused(decompressor, [.. frame, .. emptyFrame], content.Length));
        Assert.True(IsRefused(decompressor, [.. frame, .. frame], content.Length));
        Assert.True(IsRefused(decompressor, [.. frame, .. skippableFrame], content.Length));
        Assert.True(IsRefused(decompressor, [.. skippableFrame, .. frame], content.Length));
        Assert.True(IsRefused(decompressor, skippableFrame, 0));
        Assert.True(IsRefused(decompressor, [.. emptyFrame, .. frame], content.Length));
    }

    [Theory]
    [MemberData(nameof(EachLibrary))]
    public void A_content_size_other_than_expected_is_refused(int library)
    {
        using ZstdCompressor compressor = new(3, Libraries[library]);
        using ZstdDecompressor decompressor = new(Libraries[library]);
        byte[] frame = Compress(compressor, CompressionInputs.Text(1000));

        Assert.True(IsRefused(decompressor, frame, 999));
        Assert.True(IsRefused(decompressor, frame, 1001));
        Assert.True(IsRefused(decompressor, frame, 0));

        // The header lies, to suit the caller: the content itself is of another size.
        foreach (ushort lie in (ushort[])[999, 1001, 60_000])
        {
            byte[] lying = [.. frame];
            BinaryPrimitives.WriteUInt16LittleEndian(lying.AsSpan(5), (ushort)(lie - 256));
            Assert.Equal((ulong)lie, ZstdFrameHeader.Read(lying).ContentSize);
            Assert.True(IsRefused(decompressor, lying, lie));
        }
    }

    [Theory]
    [InlineData("no magic", "00112233 20 00 010000")]
    [InlineData("a frame of zstd 0.7", "27B52FFD 20 00 010000")]
    [InlineData("a dictionary id of one byte", "28B52FFD 21 07 00 010000")]
    [InlineData("a dictionary id of four bytes", "28B52FFD 23 07000000 00 010000")]
    [InlineData("a checksum", "28B52FFD 24 00 010000 99E9D851")]
    [InlineData("the unused bit", "28B52FFD 30 00 010000")]
    [InlineData("the reserved bit", "28B52FFD 28 00 010000")]
    [InlineData("no content size", "28B52FFD 00 00 010000")]
    [InlineData("a window of 8 MiB and an eighth", "28B52FFD C0 69 0000000000000000 010000")]
    [InlineData("a window of 2^41 bytes", "28B52FFD C0 F8 0000000000000000 010000")]
    [InlineData("a content size of 2^64 - 1", "28B52FFD E0 FFFFFFFFFFFFFFFF 010000")]
    [InlineData("a content size of 16 MiB in a single segment", "28B52FFD A0 00000001 010000")]
    [InlineData("a header cut short", "28B52FFD E0 00000000")]
    [InlineData("a block that is missing", "28B52FFD 20 00")]
    [InlineData("a block of the reserved type", "28B52FFD 20 00 070000")]
    [InlineData("a block larger than the content", "28B52FFD 20 00 030800 01")]
    public void A_frame_with_what_Ebla_does_not_write_is_refused(string what, string hex)
    {
        Assert.NotEmpty(what);
        byte[] frame = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        foreach (ZstdLibrary library in Libraries)
        {
            using ZstdDecompressor decompressor = new(library);
            Assert.True(IsRefused(decompressor, frame, 0));
        }
    }

    [Theory]
    [InlineData("28B52FFD 20 00 010000")]
    [InlineData("28B52FFD C0 68 0000000000000000 010000")]
    public void The_like_of_these_frames_without_the_fault_are_read(string hex)
    {
        byte[] frame = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        foreach (ZstdLibrary library in Libraries)
        {
            using ZstdDecompressor decompressor = new(library);
            decompressor.Decompress(frame, []);
        }
    }

    [Theory]
    [MemberData(nameof(EachLibrary))]
    public void After_Dispose_nothing_works(int library)
    {
        ZstdCompressor compressor = new(3, Libraries[library]);
        ZstdDecompressor decompressor = new(Libraries[library]);
        byte[] frame = Compress(compressor, [1, 2, 3]);
        compressor.Dispose();
        compressor.Dispose();
        decompressor.Dispose();
        decompressor.Dispose();

        Assert.Throws<ObjectDisposedException>(() => compressor.Compress([1], new byte[100]));
        Assert.Throws<ObjectDisposedException>(() => decompressor.Decompress(frame, new byte[3]));
    }

    private static byte[] Compress(ZstdCompressor compressor, byte[] content)
    {
        byte[] destination = new byte[ZstdCompressor.CompressBound(content.Length)];
        int size = compressor.Compress(content, destination);
        Assert.InRange(size, 1, destination.Length);
        return destination[..size];
    }

    private static byte[] Decompress(ZstdDecompressor decompressor, byte[] frame, int contentSize)
    {
        // Method: the canaries show whether the library writes past what it is given.
        byte[] destination = new byte[contentSize + 64];
        destination.AsSpan(contentSize).Fill(0xCA);
        decompressor.Decompress(frame, destination.AsSpan(0, contentSize));
        Assert.False(destination.AsSpan(contentSize).ContainsAnyExcept((byte)0xCA));
        return destination[..contentSize];
    }

    private static bool IsRefused(ZstdDecompressor decompressor, byte[] frame, int contentSize)
    {
        try
        {
            Decompress(decompressor, frame, contentSize);
            return false;
        }
        catch (CorruptDataException)
        {
            return true;
        }
    }
}
