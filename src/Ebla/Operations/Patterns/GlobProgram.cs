namespace Ebla.Operations.Patterns;

/// <summary>A pattern with wildcards, compiled: what it takes step by step.</summary>
/// <remarks>
/// Immutable. Time: at most (length of the path) x (length of the pattern), whatever both hold: patterns come from files of users whom
/// root backs up. A mismatch goes back to the last star, or when that is used up to the last "**": whatever an earlier one could still
/// take, a later one can take as well. A star ends at a slash, so behind a slash it is never asked again.
/// </remarks>
internal sealed class GlobProgram
{
    // Steps below 256 take that byte; those from Sets on take a byte of a set.
    private const int AnyByte = 256;
    private const int Star = 257; // any bytes but slashes
    private const int Everything = 258; // any bytes
    private const int Directories = 259; // nothing, or any bytes and a slash
    private const int Sets = 512;

    private readonly int[] _steps;
    private readonly ByteSet[] _sets;

    private GlobProgram(int[] steps, ByteSet[] sets)
    {
        _steps = steps;
        _sets = sets;
    }

    /// <value>The byte that ends whatever matches, if that is certain.</value>
    public byte? LastByte => _steps.Length > 0 && _steps[^1] < AnyByte ? (byte)_steps[^1] : null;

    /// <summary>Compiles a pattern.</summary>
    /// <param name="pattern">Without "!", leading and trailing slash.</param>
    /// <param name="isPath">Whether "**" can take slashes; names have none.</param>
    /// <param name="literalLength">How many bytes at the start are no wildcards.</param>
    /// <returns>Null if the pattern is broken and matches nothing.</returns>
    public static GlobProgram? TryCompile(ReadOnlySpan<byte> pattern, bool isPath, int literalLength)
    {
        List<int> steps = new(pattern.Length);
        List<ByteSet> sets = [];
        for (int at = 0; at < pattern.Length;)
        {
            switch (pattern[at])
            {
                case (byte)'*':
                    steps.Add(ReadStars(pattern, isPath, literalLength, ref at));
                    break;
                case (byte)'?':
                    steps.Add(AnyByte);
                    at++;
                    break;
                case (byte)'[':
                    if (BracketExpression.TryRead(pattern, ref at) is not { } set)
                    {
                        return null;
                    }
                    steps.Add(Sets + sets.Count);
                    sets.Add(set);
                    break;
                case (byte)'\\' when at + 1 == pattern.Length:
                    return null;
                default:
                    at += pattern[at] == (byte)'\\' ? 1 : 0;
                    steps.Add(pattern[at]);
                    at++;
                    break;
            }
        }
        return new GlobProgram([.. steps], [.. sets]);
    }

    /// <summary>Whether the pattern takes the whole of a name or path.</summary>
    public bool Matches(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<int> steps = _steps;
        int step = 0;
        int at = 0;
        (int Step, int At) star = (-1, 0);
        (int Step, int At) wide = (-1, 0);
        while (true)
        {
            if (step == steps.Length)
            {
                if (at == text.Length)
                {
                    return true;
                }
            }
            else if (steps[step] == Star)
            {
                star = (++step, at);
                continue;
            }
            else if (steps[step] is Everything or Directories)
            {
                wide = (++step, at);
                star.Step = -1;
                continue;
            }
            else if (at < text.Length && Takes(steps[step], text[at]))
            {
                star.Step = text[at] == (byte)'/' ? -1 : star.Step;
                step++;
                at++;
                continue;
            }
            if (star.Step >= 0 && star.At < text.Length && text[star.At] != (byte)'/')
            {
                star.At++;
                (step, at) = star;
                continue;
            }
            if (wide.Step < 0)
            {
                return false;
            }
            int skipped = steps[wide.Step - 1] == Everything ? 0 : text[wide.At..].IndexOf((byte)'/');
            if (skipped < 0 || wide.At == text.Length)
            {
                return false;
            }
            wide.At += skipped + 1;
            (step, at) = wide;
            star.Step = -1;
        }
    }

    private bool Takes(int step, byte value) => step switch
    {
        < AnyByte => step == value,
        AnyByte => value != (byte)'/',
        _ => _sets[step - Sets].Contains(value),
    };

    // "**" reaches over slashes where it is a component of its own. Git compares what is literal at the start apart, so for it the rest
    // of "a**/b" begins with "**", too.
    private static int ReadStars(ReadOnlySpan<byte> pattern, bool isPath, int literalLength, ref int at)
    {
        int start = at;
        while (at < pattern.Length && pattern[at] == (byte)'*')
        {
            at++;
        }
        ReadOnlySpan<byte> rest = pattern[at..];
        if (!isPath || at - start == 1 || (start != literalLength && pattern[start - 1] != (byte)'/'))
        {
            return Star;
        }
        if (!rest.IsEmpty && rest[0] == (byte)'/')
        {
            at++;
            return Directories;
        }
        return rest.IsEmpty || rest.StartsWith("\\/"u8) ? Everything : Star;
    }
}
