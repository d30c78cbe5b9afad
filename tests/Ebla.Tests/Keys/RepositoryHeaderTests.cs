using Ebla.Hashing;
using Ebla.Keys;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Keys;

public sealed class RepositoryHeaderTests
{
    private static readonly RepositoryHeader Header = new(new RepositoryId(77), new Hash256(1, 2, 3, 4));

    [Fact]
    public void A_header_reads_back() => Assert.Equal(Header, RepositoryHeader.Read(Header.ToArray()));

    [Fact]
    public void Every_flipped_bit_is_damage_and_never_a_newer_version()
    {
        for (int bit = 0; bit < RepositoryHeader.SizeInBytes * 8; bit++)
        {
            byte[] bytes = Header.ToArray();
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            _ = Assert.Throws<CorruptDataException>(() => RepositoryHeader.Read(bytes));
        }
    }

    [Fact]
    public void Every_other_length_is_damage()
    {
        byte[] bytes = [.. Header.ToArray(), 0];
        for (int length = 0; length <= bytes.Length; length++)
        {
            if (length != RepositoryHeader.SizeInBytes)
            {
                byte[] part = bytes[..length];
                _ = Assert.Throws<CorruptDataException>(() => RepositoryHeader.Read(part));
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    public void A_whole_header_of_a_newer_version_is_told_from_damage(int extraLength)
    {
        byte[] rest = [.. Header.ToArray().AsSpan(0, 60), .. new byte[extraLength]];
        rest[8] = 2;
        byte[] bytes = [.. rest, .. Blake3.Hash(rest).ToArray()];
        _ = Assert.Throws<UnsupportedFormatException>(() => RepositoryHeader.Read(bytes));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(10)]
    public void Version_zero_and_reserved_bits_are_refused(int index)
    {
        byte[] rest = Header.ToArray()[..60];
        rest[index] ^= 1;
        byte[] bytes = [.. rest, .. Blake3.Hash(rest).ToArray()];
        _ = Assert.Throws<CorruptDataException>(() => RepositoryHeader.Read(bytes));
    }
}
