namespace Ebla.Operations.Patterns;

/// <summary>Reads "[a-z_]" and its kin out of a pattern.</summary>
/// <remarks>
/// What git takes: "!" or "^" inverts; "]" is literal as the first; a backslash makes the next byte literal; "[:digit:]" and the other
/// names of POSIX, for ASCII, but that "space" has neither the vertical tab nor the form feed. A slash is in no set.
/// </remarks>
internal static class BracketExpression
{
    /// <summary>Reads the expression that begins with the "[" at <paramref name="position"/>, and goes behind it.</summary>
    /// <returns>The set; null if the expression is broken, so that a pattern with it matches nothing.</returns>
    public static ByteSet? TryRead(ReadOnlySpan<byte> pattern, ref int position)
    {
        int at = position + 1;
        bool isInverted = At(pattern, at) is (byte)'!' or (byte)'^';
        at += isInverted ? 1 : 0;
        ByteSet set = default;
        byte previous = 0;
        bool isFirst = true;
        while (isFirst || At(pattern, at) != (byte)']')
        {
            isFirst = false;
            byte current = At(pattern, at);
            if (current == 0)
            {
                return null;
            }
            if (current == (byte)'-' && previous != 0 && At(pattern, at + 1) is not 0 and not (byte)']')
            {
                at++;
                if (!TryReadByte(pattern, ref at, out byte last))
                {
                    return null;
                }
                AddRange(ref set, previous, last);
                previous = 0;
            }
            else if (current == (byte)'[' && At(pattern, at + 1) == (byte)':')
            {
                int end = pattern[(at + 2)..].IndexOf((byte)']');
                if (end < 0)
                {
                    return null;
                }
                ReadOnlySpan<byte> name = pattern.Slice(at + 2, end);
                if (name.IsEmpty || name[^1] != (byte)':')
                {
                    // No class after all: "[" is a member.
                    set.Add(current);
                    previous = current;
                    at++;
                    continue;
                }
                if (!TryAddClass(ref set, name[..^1]))
                {
                    return null;
                }
                at += 2 + name.Length + 1;
                previous = 0;
            }
            else
            {
                if (!TryReadByte(pattern, ref at, out byte member))
                {
                    return null;
                }
                set.Add(member);
                previous = member;
            }
        }
        if (isInverted)
        {
            set.Invert();
        }
        set.Remove((byte)'/');
        position = at + 1;
        return set;
    }

    private static byte At(ReadOnlySpan<byte> pattern, int index) => index < pattern.Length ? pattern[index] : (byte)0;

    private static bool TryReadByte(ReadOnlySpan<byte> pattern, ref int at, out byte value)
    {
        at += At(pattern, at) == (byte)'\\' ? 1 : 0;
        value = At(pattern, at);
        at++;
        return value != 0;
    }

    private static void AddRange(ref ByteSet set, byte first, byte last)
    {
        for (int value = first; value <= last; value++)
        {
            set.Add((byte)value);
        }
    }

    private static bool TryAddClass(ref ByteSet set, ReadOnlySpan<byte> name)
    {
        Func<char, bool>? contains = System.Text.Encoding.Latin1.GetString(name) switch
        {
            "alnum" => char.IsAsciiLetterOrDigit,
            "alpha" => char.IsAsciiLetter,
            "blank" => static c => c is ' ' or '\t',
            "cntrl" => static c => c is < ' ' or '\x7F',
            "digit" => char.IsAsciiDigit,
            "graph" => static c => c is > ' ' and < '\x7F',
            "lower" => char.IsAsciiLetterLower,
            "print" => static c => c is >= ' ' and < '\x7F',
            "punct" => static c => c is > ' ' and < '\x7F' && !char.IsAsciiLetterOrDigit(c),
            "space" => static c => c is ' ' or '\t' or '\n' or '\r',
            "upper" => char.IsAsciiLetterUpper,
            "xdigit" => char.IsAsciiHexDigit,
            _ => null,
        };
        for (int value = 1; contains is not null && value < 0x80; value++)
        {
            if (contains((char)value))
            {
                set.Add((byte)value);
            }
        }
        return contains is not null;
    }
}
