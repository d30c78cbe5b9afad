namespace Ebla.Primitives;

/// <summary>The id of a blob: the keyed BLAKE3 of its plaintext.</summary>
public readonly record struct BlobId(Hash256 Value) : IComparable<BlobId>
{
    /// <summary>Reads the first 32 bytes of <paramref name="source"/>.</summary>
    public static BlobId Read(ReadOnlySpan<byte> source) => new(Hash256.Read(source));

    /// <summary>Writes 32 bytes to the start of <paramref name="destination"/>.</summary>
    public void Write(Span<byte> destination) => Value.Write(destination);

    /// <inheritdoc/>
    public int CompareTo(BlobId other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <summary>The 64 lower-case hexadecimal digits.</summary>
    public override string ToString() => Value.ToString();

    /// <summary>The first eight hexadecimal digits, for messages.</summary>
    public string ToShortString() => Value.ToShortString();
}
