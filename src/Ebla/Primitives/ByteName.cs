using System.Text;

namespace Ebla.Primitives;

/// <summary>
/// A file name, link target or path as the raw bytes that the file system holds. Linux names need not be UTF-8.
/// </summary>
/// <remarks>Compared byte by byte, unsigned. Turned into text only for display.</remarks>
public readonly struct ByteName : IEquatable<ByteName>, IComparable<ByteName>
{
    private readonly byte[]? _bytes;

    /// <summary>Copies the bytes.</summary>
    public ByteName(ReadOnlySpan<byte> bytes) => _bytes = bytes.ToArray();

    /// <summary>The UTF-8 bytes of <paramref name="text"/>.</summary>
    public static ByteName FromText(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>The raw bytes, without a terminating zero.</summary>
    public ReadOnlySpan<byte> Span => _bytes;

    /// <summary>Number of bytes.</summary>
    public int Length => _bytes?.Length ?? 0;

    /// <summary>Whether there are no bytes.</summary>
    public bool IsEmpty => Length == 0;

    /// <summary>Appends <paramref name="child"/> to this path, with one slash between.</summary>
    public ByteName Join(ByteName child)
    {
        if (IsEmpty)
        {
            return child;
        }
        bool slash = Span[^1] != (byte)'/';
        byte[] joined = new byte[Length + (slash ? 1 : 0) + child.Length];
        Span.CopyTo(joined);
        if (slash)
        {
            joined[Length] = (byte)'/';
        }
        child.Span.CopyTo(joined.AsSpan(joined.Length - child.Length));
        return new ByteName(joined);
    }

    /// <summary>Puts a path together: the first name as it is, then each with one slash before it.</summary>
    internal static ByteName OfPath(IReadOnlyCollection<ByteName> names)
    {
        byte[] path = new byte[names.Sum(name => name.Length + 1)];
        int length = 0;
        foreach (ByteName name in names)
        {
            if (length > 0 && path[length - 1] != (byte)'/')
            {
                path[length++] = (byte)'/';
            }
            name.Span.CopyTo(path.AsSpan(length));
            length += name.Length;
        }
        return new ByteName(path.AsSpan(0, length));
    }

    /// <inheritdoc/>
    public bool Equals(ByteName other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public int CompareTo(ByteName other) => Span.SequenceCompareTo(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ByteName other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    /// <summary>Byte equality.</summary>
    public static bool operator ==(ByteName left, ByteName right) => left.Equals(right);

    /// <summary>Byte inequality.</summary>
    public static bool operator !=(ByteName left, ByteName right) => !left.Equals(right);

    /// <summary>
    /// For display only: UTF-8 where it is valid; control characters, backslashes and bytes that are not UTF-8 as
    /// <c>\xHH</c>,
    /// so that a name cannot write to the terminal and two names never look the same.
    /// </summary>
    public override string ToString()
    {
        StringBuilder text = new(Length);
        ReadOnlySpan<byte> rest = Span;
        while (!rest.IsEmpty)
        {
            bool valid = Rune.DecodeFromUtf8(rest, out Rune rune, out int consumed) == System.Buffers.OperationStatus.Done;
            if (valid && !Rune.IsControl(rune) && rune.Value != '\\' && !IsInvisible(rune))
            {
                _ = text.Append(rune.ToString());
            }
            else
            {
                foreach (byte b in rest[..consumed])
                {
                    _ = text.Append("\\x").Append(Convert.ToHexStringLower([b]));
                }
            }
            rest = rest[consumed..];
        }
        return text.ToString();
    }

    // Line and paragraph separators and bidirectional controls would let a name fake other output.
    private static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune) is
        System.Globalization.UnicodeCategory.Format
        or System.Globalization.UnicodeCategory.LineSeparator
        or System.Globalization.UnicodeCategory.ParagraphSeparator;
}
