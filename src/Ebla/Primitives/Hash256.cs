using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Ebla.Primitives;

/// <summary>A 256-bit digest, held inline as four big-endian words: 32 bytes, no heap.</summary>
/// <remarks>The text form is 64 lower-case hexadecimal digits, and only that: one text per value.</remarks>
public readonly record struct Hash256(ulong W0, ulong W1, ulong W2, ulong W3)
    : IComparable<Hash256>, ISpanFormattable
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>Size of the binary form.</summary>
    public const int SizeInBytes = 32;

    /// <summary>Reads the first 32 bytes of <paramref name="source"/>.</summary>
    public static Hash256 Read(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadUInt64BigEndian(source),
        BinaryPrimitives.ReadUInt64BigEndian(source[8..]),
        BinaryPrimitives.ReadUInt64BigEndian(source[16..]),
        BinaryPrimitives.ReadUInt64BigEndian(source[24..]));

    /// <summary>Writes 32 bytes to the start of <paramref name="destination"/>.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, W0);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], W1);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], W2);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], W3);
    }

    /// <summary>The 32 bytes in a new array.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[SizeInBytes];
        Write(bytes);
        return bytes;
    }

    /// <summary>Parses exactly 64 lower-case hexadecimal digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Hash256 hash)
    {
        hash = default;
        if (text is null || text.Length != 2 * SizeInBytes || text.AsSpan().ContainsAnyExcept(HexDigits))
        {
            return false;
        }
        hash = Read(Convert.FromHexString(text));
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(Hash256 other)
    {
        int order = W0.CompareTo(other.W0);
        order = order != 0 ? order : W1.CompareTo(other.W1);
        order = order != 0 ? order : W2.CompareTo(other.W2);
        return order != 0 ? order : W3.CompareTo(other.W3);
    }

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(W0, W3);

    /// <summary>The 64 lower-case hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(ToArray());

    /// <summary>The first eight hexadecimal digits, for messages.</summary>
    public string ToShortString() => ToString()[..8];

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public bool TryFormat(
        Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        Span<byte> bytes = stackalloc byte[SizeInBytes];
        Write(bytes);
        return Convert.TryToHexStringLower(bytes, destination, out charsWritten);
    }
}
