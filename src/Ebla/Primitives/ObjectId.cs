namespace Ebla.Primitives;

/// <summary>The id of a stored object: the BLAKE3 of its stored bytes, which is its name.</summary>
public readonly record struct ObjectId(Hash256 Value) : IComparable<ObjectId>
{
    /// <summary>Reads the first 32 bytes of <paramref name="source"/>.</summary>
    public static ObjectId Read(ReadOnlySpan<byte> source) => new(Hash256.Read(source));

    /// <summary>Writes 32 bytes to the start of <paramref name="destination"/>.</summary>
    public void Write(Span<byte> destination) => Value.Write(destination);

    /// <inheritdoc/>
    public int CompareTo(ObjectId other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <summary>The 64 lower-case hexadecimal digits.</summary>
    public override string ToString() => Value.ToString();

    /// <summary>The first eight hexadecimal digits, for messages.</summary>
    public string ToShortString() => Value.ToShortString();
}
