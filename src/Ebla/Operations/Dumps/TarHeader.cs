using System.Text;
using Ebla.Primitives;

namespace Ebla.Operations.Dumps;

/// <summary>One header block of a tar archive (POSIX.1-2001, "ustar Interchange Format").</summary>
internal static class TarHeader
{
    public const int SizeInBytes = 512;

    /// <summary>Bytes that a path may have here; a longer one stands in an extended header.</summary>
    public const int NameSizeInBytesMax = 100;

    public const int OwnerSizeInBytesMax = 31;

    private const int ChecksumOffset = 148;

    /// <summary>The largest number in a field of so many bytes: octal digits and a zero.</summary>
    public static long NumberMax(int fieldSize) => (1L << (3 * (fieldSize - 1))) - 1;

    /// <summary>Fills a block. What does not fit is cut or 0 here: then an extended header before it has it whole.</summary>
    public static void Write(
        Span<byte> block, ReadOnlySpan<byte> name, char type, int mode, (uint User, uint Group) owner, long sizeInBytes, UnixTime modified,
        ReadOnlySpan<byte> linkTarget, (ByteName User, ByteName Group) names, DeviceNumber device)
    {
        block.Clear();
        WriteText(block[..100], name);
        WriteNumber(block.Slice(100, 8), mode);
        WriteNumber(block.Slice(108, 8), owner.User);
        WriteNumber(block.Slice(116, 8), owner.Group);
        WriteNumber(block.Slice(124, 12), sizeInBytes);
        WriteNumber(block.Slice(136, 12), modified.Seconds);
        block[156] = (byte)type;
        WriteText(block.Slice(157, 100), linkTarget);
        "ustar\000"u8.CopyTo(block[257..]);
        WriteText(block.Slice(265, OwnerSizeInBytesMax), names.User.Span);
        WriteText(block.Slice(297, OwnerSizeInBytesMax), names.Group.Span);
        WriteNumber(block.Slice(329, 8), device.Major);
        WriteNumber(block.Slice(337, 8), device.Minor);
        block.Slice(ChecksumOffset, 8).Fill((byte)' ');
        int sum = 0;
        foreach (byte value in block)
        {
            sum += value;
        }
        WriteNumber(block.Slice(ChecksumOffset, 7), sum);
    }

    private static void WriteText(Span<byte> field, ReadOnlySpan<byte> text)
        => text[..Math.Min(field.Length, text.Length)].CopyTo(field);

    private static void WriteNumber(Span<byte> field, long value)
    {
        value = value < 0 || value > NumberMax(field.Length) ? 0 : value;
        Encoding.ASCII.GetBytes(Convert.ToString(value, 8).PadLeft(field.Length - 1, '0')).CopyTo(field);
        field[^1] = 0;
    }
}
