using System.Formats.Cbor;

namespace Ebla.Primitives;

/// <summary>Reads and writes the project's CBOR: deterministic (RFC 8949, 4.2), definite lengths, unsigned integer keys.</summary>
internal static class StrictCbor
{
    /// <summary>The keys from here on may be unknown to a reader and are skipped; an unknown key below is refused.</summary>
    public const uint OptionalKeyMin = 64;

    public static CborWriter CreateWriter(int capacity = 256)
        => new(CborConformanceMode.Canonical, convertIndefiniteLengthEncodings: false, allowMultipleRootLevelValues: true, capacity);

    public static CborReader CreateReader(ReadOnlyMemory<byte> source)
        => new(source, CborConformanceMode.Canonical, allowMultipleRootLevelValues: false);

    /// <summary>Decodes one value that fills <paramref name="source"/> whole; every fault becomes a <see cref="CorruptDataException"/>.</summary>
    /// <param name="source">The encoding.</param>
    /// <param name="what">What it is, for the message.</param>
    /// <param name="read">Reads the value.</param>
    public static T Decode<T>(ReadOnlyMemory<byte> source, string what, Func<CborReader, T> read)
    {
        CborReader reader = CreateReader(source);
        return Guard(what, () =>
        {
            T value = read(reader);
            return reader.BytesRemaining == 0
                ? value
                : throw new CorruptDataException($"{what}: bytes follow the end.");
        });
    }

    /// <summary>Runs <paramref name="read"/> and turns what the CBOR library throws into a <see cref="CorruptDataException"/>.</summary>
    public static T Guard<T>(string what, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is CborContentException or InvalidOperationException or OverflowException)
        {
            throw new CorruptDataException($"{what}: not valid CBOR of the expected shape ({exception.Message})", exception);
        }
    }

    /// <summary>Reads a map's header and checks the number of its entries.</summary>
    public static int ReadMapHeader(CborReader reader, int countMax)
        => Limit(reader.ReadStartMap() ?? -1, countMax, "map entries");

    /// <summary>Reads an array's header and checks the number of its items.</summary>
    public static int ReadArrayHeader(CborReader reader, int countMax)
        => Limit(reader.ReadStartArray() ?? -1, countMax, "array items");

    /// <summary>Reads a byte string of at most <paramref name="lengthMax"/> bytes.</summary>
    public static byte[] ReadBytes(CborReader reader, int lengthMax)
    {
        ReadOnlyMemory<byte> bytes = reader.ReadDefiniteLengthByteString();
        _ = Limit(bytes.Length, lengthMax, "bytes");
        return bytes.ToArray();
    }

    /// <summary>Reads a byte string of exactly <paramref name="length"/> bytes, without a copy.</summary>
    public static ReadOnlySpan<byte> ReadExactBytes(CborReader reader, int length)
    {
        ReadOnlyMemory<byte> bytes = reader.ReadDefiniteLengthByteString();
        return bytes.Length == length
            ? bytes.Span
            : throw new CorruptDataException($"A byte string of {bytes.Length} bytes where {length} are expected.");
    }

    /// <summary>Reads a text of at most <paramref name="lengthMax"/> UTF-16 units.</summary>
    public static string ReadText(CborReader reader, int lengthMax)
    {
        string text = reader.ReadTextString();
        _ = Limit(text.Length, lengthMax, "characters");
        return text;
    }

    /// <summary>Reads an unsigned number of at most <paramref name="max"/>.</summary>
    public static ulong ReadNumber(CborReader reader, ulong max = ulong.MaxValue)
    {
        ulong number = reader.ReadUInt64();
        return number <= max ? number : throw new CorruptDataException($"A number {number} over the limit of {max}.");
    }

    /// <summary>Skips the value of an unknown optional key, or refuses the key.</summary>
    public static void SkipUnknown(CborReader reader, uint key, string what)
    {
        if (key < OptionalKeyMin)
        {
            throw new UnsupportedFormatException(
                $"{what}: field {key} is not known to this version of Ebla. Use a newer version.");
        }
        reader.SkipValue();
    }

    private static int Limit(int count, int countMax, string what) => count >= 0 && count <= countMax
        ? count
        : throw new CorruptDataException($"{count} {what} where at most {countMax} are allowed.");
}
