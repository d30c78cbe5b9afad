using System.Formats.Cbor;
using Ebla.Primitives;

namespace Ebla.Trees;

/// <summary>
/// A set of extended attributes to CBOR and back (docs/format.md, section "Nodes"): an array of pairs of name and value, sorted by the
/// bytes of the names. A reader rejects what the writer would not write.
/// </summary>
internal static class ExtendedAttributesCodec
{
    /// <summary>Largest encoding that stands in the node itself.</summary>
    public const int InlineSizeInBytesMax = 1024;

    /// <summary>Largest encoding. The kernel's own limits allow more, but no file system that we know does.</summary>
    public const int SizeInBytesMax = 16 << 20;

    /// <summary>Longest name: XATTR_NAME_MAX.</summary>
    public const int NameSizeInBytesMax = 255;

    /// <summary>Longest value: XATTR_SIZE_MAX.</summary>
    public const int ValueSizeInBytesMax = 64 << 10;

    /// <summary>An encoding takes at least so many bytes for each attribute.</summary>
    private const int PairSizeInBytesMin = 4;

    /// <summary>Whether an attribute may have this name.</summary>
    public static bool IsValidName(ReadOnlySpan<byte> name) => name.Length is >= 1 and <= NameSizeInBytesMax && !name.Contains((byte)0);

    /// <summary>The length of the encoding.</summary>
    public static long SizeOf(IReadOnlyList<ExtendedAttribute> attributes)
    {
        long size = HeaderSizeOf(attributes.Count);
        foreach (ExtendedAttribute attribute in attributes)
        {
            size += SizeOf(attribute);
        }
        return size;
    }

    /// <summary>What one attribute adds to the encoding, but for the array's own header.</summary>
    public static int SizeOf(ExtendedAttribute attribute) => 1
        + HeaderSizeOf(attribute.Name.Length) + attribute.Name.Length
        + HeaderSizeOf(attribute.Value.Length) + attribute.Value.Length;

    /// <summary>The encoding of a set that is too large for the node.</summary>
    public static byte[] Encode(IReadOnlyList<ExtendedAttribute> attributes)
    {
        Validate(attributes);
        CborWriter writer = StrictCbor.CreateWriter((int)SizeOf(attributes));
        Write(writer, attributes);
        return writer.Encode();
    }

    /// <summary>Decodes a set that was too large for the node.</summary>
    /// <exception cref="CorruptDataException">It is none.</exception>
    public static IReadOnlyList<ExtendedAttribute> Decode(ReadOnlyMemory<byte> encoding) => encoding.Length <= SizeInBytesMax
        ? StrictCbor.Decode(encoding, "Extended attributes", reader => Read(reader, SizeInBytesMax))
        : throw new CorruptDataException($"Extended attributes of {encoding.Length} bytes; {SizeInBytesMax} are allowed.");

    /// <summary>Appends the encoding to <paramref name="writer"/>. The set has been validated.</summary>
    public static void Write(CborWriter writer, IReadOnlyList<ExtendedAttribute> attributes)
    {
        writer.WriteStartArray(attributes.Count);
        foreach (ExtendedAttribute attribute in attributes)
        {
            writer.WriteStartArray(2);
            writer.WriteByteString(attribute.Name.Span);
            writer.WriteByteString(attribute.Value.Span);
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
    }

    /// <summary>Reads a set and validates it.</summary>
    public static ExtendedAttribute[] Read(CborReader reader, int sizeInBytesMax)
    {
        int count = StrictCbor.ReadArrayHeader(reader, sizeInBytesMax / PairSizeInBytesMin);
        List<ExtendedAttribute> attributes = new(Math.Min(count, 64));
        for (int i = 0; i < count; i++)
        {
            if (StrictCbor.ReadArrayHeader(reader, 2) != 2)
            {
                throw new CorruptDataException("An extended attribute without two members.");
            }
            ByteName name = new(StrictCbor.ReadBytes(reader, NameSizeInBytesMax));
            attributes.Add(new ExtendedAttribute(name, StrictCbor.ReadBytes(reader, ValueSizeInBytesMax)));
            reader.ReadEndArray();
        }
        reader.ReadEndArray();
        Validate(attributes);
        return [.. attributes];
    }

    /// <summary>Checks names, order and limits.</summary>
    /// <exception cref="CorruptDataException">Something is wrong with the set, or it is empty.</exception>
    public static void Validate(IReadOnlyList<ExtendedAttribute> attributes)
    {
        for (int i = 0; i < attributes.Count; i++)
        {
            ByteName name = attributes[i].Name;
            if (!IsValidName(name.Span) || attributes[i].Value.Length > ValueSizeInBytesMax
                || (i > 0 && attributes[i - 1].Name.CompareTo(name) >= 0))
            {
                throw new CorruptDataException("Extended attributes with a name or value that none can have, or not in order.");
            }
        }
        if (attributes.Count == 0 || SizeOf(attributes) > SizeInBytesMax)
        {
            throw new CorruptDataException("A set of extended attributes that is empty or too large.");
        }
    }

    // CBOR's shortest form of a length or count.
    private static int HeaderSizeOf(int number) => number switch
    {
        < 24 => 1,
        <= byte.MaxValue => 2,
        <= ushort.MaxValue => 3,
        _ => 5,
    };
}
