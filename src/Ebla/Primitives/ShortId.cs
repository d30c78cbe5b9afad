using System.Buffers.Binary;

namespace Ebla.Primitives;

/// <summary>The first 16 bytes of a blob id: how one blob refers to another in the catalog (docs/format.md, "Links").</summary>
public readonly record struct ShortId(UInt128 Value) : IComparable<ShortId>
{
    /// <summary>Size of the binary form.</summary>
    public const int SizeInBytes = 16;

    /// <summary>The short form of a blob id.</summary>
    public static ShortId Of(BlobId id) => new(new UInt128(id.Value.W0, id.Value.W1));

    /// <summary>Reads the first 16 bytes of <paramref name="source"/>, big-endian.</summary>
    public static ShortId Read(ReadOnlySpan<byte> source) => new(BinaryPrimitives.ReadUInt128BigEndian(source));

    /// <summary>Writes 16 bytes to the start of <paramref name="destination"/>.</summary>
    public void Write(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, Value);

    /// <inheritdoc/>
    public int CompareTo(ShortId other) => Value.CompareTo(other.Value);
}
