using System.Buffers.Binary;
using Ebla.Primitives;

namespace Ebla.Keys;

/// <summary>
/// Hides the exact length of what is sealed: u32 length, the bytes, zeros up to the Padmé length of all that, at least
/// a minimum.
/// </summary>
internal static class Padding
{
    private const int LengthSizeInBytes = sizeof(uint);

    /// <summary>Size of the padded form.</summary>
    public static int PaddedSize(int length, int minimum)
        => checked((int)Padme.Round(Math.Max(minimum, (long)length + LengthSizeInBytes)));

    /// <summary>Fills <paramref name="destination"/>, which has exactly the padded size.</summary>
    public static void Write(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, (uint)source.Length);
        source.CopyTo(destination[LengthSizeInBytes..]);
        destination[(LengthSizeInBytes + source.Length)..].Clear();
    }

    /// <summary>The bytes inside; refuses what <see cref="Write"/> would not write.</summary>
    public static Memory<byte> Read(Memory<byte> padded, int minimum)
    {
        ReadOnlySpan<byte> span = padded.Span;
        if (span.Length < LengthSizeInBytes)
        {
            throw new CorruptDataException("A sealed part is too short.");
        }
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(span);
        if (length > span.Length - LengthSizeInBytes
            || PaddedSize((int)length, minimum) != span.Length
            || span[(LengthSizeInBytes + (int)length)..].ContainsAnyExcept((byte)0))
        {
            throw new CorruptDataException("The padding of a sealed part is not valid.");
        }
        return padded.Slice(LengthSizeInBytes, (int)length);
    }
}
