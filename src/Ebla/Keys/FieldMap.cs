using System.Formats.Cbor;
using System.Text;
using Ebla.Primitives;

namespace Ebla.Keys;

/// <summary>
/// A decoded CBOR map with unsigned keys (deterministic encoding; docs/format.md, "Key objects"). Every field must be
/// asked for; unknown fields from <see cref="OptionalKeyMin"/> on are ignored, those below are refused
/// by <see cref="End"/>.
/// </summary>
internal sealed class FieldMap
{
    /// <summary>Fields that a reader may ignore have numbers from here on.</summary>
    public const uint OptionalKeyMin = 64;

    private const int FieldCountMax = 128;

    // 9999-12-31T23:59:59Z
    private const ulong SecondsMax = 253_402_300_799;

    private readonly SortedDictionary<uint, ReadOnlyMemory<byte>> _fields = [];
    private readonly string _what;

    private FieldMap(string what) => _what = what;

    /// <exception cref="CorruptDataException">It is no such map.</exception>
    public static FieldMap Decode(ReadOnlyMemory<byte> encoded, string what)
    {
        FieldMap map = new(what);
        return map.Guard(() =>
        {
            CborReader reader = new(encoded, CborConformanceMode.Canonical);
            int? count = reader.ReadStartMap();
            if (count is null or > FieldCountMax)
            {
                throw map.Corrupt("too many fields");
            }
            for (int i = 0; i < count; i++)
            {
                uint key = reader.ReadUInt32();
                map._fields.Add(key, reader.ReadEncodedValue());
            }
            reader.ReadEndMap();
            return reader.BytesRemaining == 0 ? map : throw map.Corrupt("bytes after the end");
        });
    }

    /// <summary>Encodes fields in the order of their keys. The values are written by the caller.</summary>
    public static byte[] Encode(params ReadOnlySpan<(uint Key, Action<CborWriter> Write)> fields)
    {
        // One buffer, which Reset clears: secrets pass through here.
        CborWriter writer = new(CborConformanceMode.Canonical, false, false, initialCapacity: 8192);
        writer.WriteStartMap(fields.Length);
        foreach ((uint key, Action<CborWriter> write) in fields)
        {
            writer.WriteUInt32(key);
            write(writer);
        }
        writer.WriteEndMap();
        byte[] encoded = GC.AllocateUninitializedArray<byte>(writer.BytesWritten, pinned: true);
        _ = writer.Encode(encoded);
        writer.Reset();
        return encoded;
    }

    public bool Has(uint key) => _fields.ContainsKey(key);

    public ulong Unsigned(uint key, ulong min, ulong max)
    {
        ulong value = Take(key, reader => reader.ReadUInt64());
        return value >= min && value <= max ? value : throw Corrupt($"field {key} is out of range");
    }

    public void Bytes(uint key, Span<byte> destination)
    {
        byte[] bytes = Bytes(key, destination.Length, destination.Length);
        bytes.CopyTo(destination);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(bytes);
    }

    public byte[] Bytes(uint key, int lengthMin, int lengthMax) => Take(key, reader =>
    {
        if (reader.PeekState() != CborReaderState.ByteString)
        {
            throw Corrupt($"field {key} is not a byte string");
        }
        ReadOnlyMemory<byte> bytes = reader.ReadDefiniteLengthByteString();
        return bytes.Length >= lengthMin && bytes.Length <= lengthMax
            ? bytes.ToArray()
            : throw Corrupt($"field {key} has a wrong length");
    });

    /// <summary>Whole seconds since 1970, up to the year 9999.</summary>
    public DateTimeOffset Time(uint key)
        => DateTimeOffset.FromUnixTimeSeconds((long)Unsigned(key, 0, SecondsMax));

    /// <summary>UTF-8 without control characters.</summary>
    public string Text(uint key, int utf8LengthMax)
    {
        string text = Take(key, reader => reader.ReadTextString());
        return IsPlainText(text, utf8LengthMax) ? text : throw Corrupt($"field {key} is no plain text");
    }

    /// <summary>Whether a text is short enough and cannot write to a terminal.</summary>
    public static bool IsPlainText(string text, int utf8LengthMax)
        => Encoding.UTF8.GetByteCount(text) <= utf8LengthMax && !text.Any(char.IsControl);

    /// <summary>Refuses fields that nobody asked for.</summary>
    public void End()
    {
        foreach (uint key in _fields.Keys)
        {
            if (key < OptionalKeyMin)
            {
                throw new UnsupportedFormatException(
                    $"{_what} has field {key}, which this version of Ebla does not know.");
            }
        }
    }

    private T Take<T>(uint key, Func<CborReader, T> read)
    {
        if (!_fields.Remove(key, out ReadOnlyMemory<byte> encoded))
        {
            throw Corrupt($"field {key} is missing");
        }
        return Guard(() => read(new CborReader(encoded, CborConformanceMode.Canonical)));
    }

    private T Guard<T>(Func<T> decode)
    {
        try
        {
            return decode();
        }
        catch (Exception exception)
            when (exception is CborContentException or InvalidOperationException or OverflowException)
        {
            throw new CorruptDataException($"{_what} cannot be decoded: {exception.Message}", exception);
        }
    }

    private CorruptDataException Corrupt(string detail) => new($"{_what} is not valid: {detail}.");
}
