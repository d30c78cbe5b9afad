namespace Ebla.Primitives;

/// <summary>An extended attribute of a file, as the system holds it. Access control lists and capabilities are such attributes too.</summary>
/// <param name="Name">Its name with the namespace: "user.comment". 1 to 255 bytes, none of them 0.</param>
/// <param name="Value">Any bytes, none as well; at most 65,536.</param>
public readonly record struct ExtendedAttribute(ByteName Name, ReadOnlyMemory<byte> Value)
{
    /// <summary>Whether name and value are equal, byte by byte.</summary>
    public bool Equals(ExtendedAttribute other) => Name == other.Name && Value.Span.SequenceEqual(other.Value.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Value.Length);
}
