using Ebla.Primitives;

namespace Ebla.Operations.Patterns;

/// <summary>A pattern and where it was written down.</summary>
public sealed class PatternRule
{
    private PatternRule(ReadOnlySpan<byte> text, PathPattern pattern, bool isTakenBack, string origin)
    {
        Text = new ByteName(text);
        Pattern = pattern;
        IsInclusion = pattern.IsNegated != isTakenBack;
        Origin = origin;
    }

    /// <summary>The pattern as it was given.</summary>
    public ByteName Text { get; }

    /// <summary>Whether what matches is taken after all.</summary>
    public bool IsInclusion { get; }

    /// <summary>Where it stands: an option, or a file and the number of a line. For people.</summary>
    public string Origin { get; }

    /// <summary>Why it can never match anything, which is a mistake; null if it can.</summary>
    public string? ReasonWhyNever => Pattern.ReasonWhyNever;

    internal PathPattern Pattern { get; }

    /// <summary>A pattern of what is left out; with "!" at its start, of what is not. A leading slash is the root of the file system.</summary>
    public static PatternRule Exclude(ByteName pattern, string origin)
        => new(pattern.Span, PathPattern.Parse(pattern.Span, mayBeAbsolute: true), isTakenBack: false, origin);

    /// <summary>A pattern of what is taken although an earlier one leaves it out.</summary>
    public static PatternRule Include(ByteName pattern, string origin)
        => new(pattern.Span, PathPattern.Parse(pattern.Span, mayBeAbsolute: true), isTakenBack: true, origin);

    /// <summary>The patterns of a file: one a line; lines that are empty or begin with "#" do not count.</summary>
    /// <param name="path">The file's path, to tell where a pattern stands.</param>
    /// <param name="content">All its bytes.</param>
    /// <param name="mayBeAbsolute">Whether a leading slash is the root of the file system; else the folder that the file is for.</param>
    public static IReadOnlyList<PatternRule> ReadFile(ByteName path, ReadOnlySpan<byte> content, bool mayBeAbsolute)
    {
        List<PatternRule> rules = [];
        if (content.StartsWith("\uFEFF"u8))
        {
            content = content[3..];
        }
        int number = 0;
        foreach (Range range in content.Split((byte)'\n'))
        {
            number++;
            ReadOnlySpan<byte> line = content[range];
            if (line.IsEmpty || line[0] == (byte)'#')
            {
                continue;
            }
            line = WithoutTrailingSpaces(line[^1] == (byte)'\r' ? line[..^1] : line);
            rules.Add(new PatternRule(line, PathPattern.Parse(line, mayBeAbsolute), isTakenBack: false, $"{path}:{number}"));
        }
        return rules;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Origin}: {Text}";

    // A space behind a backslash stays; so does everything behind a backslash that ends the line.
    private static ReadOnlySpan<byte> WithoutTrailingSpaces(ReadOnlySpan<byte> line)
    {
        int end = 0;
        for (int at = 0; at < line.Length; at++)
        {
            if (line[at] == (byte)'\\')
            {
                at++;
                end = at + 1;
            }
            else if (line[at] != (byte)' ')
            {
                end = at + 1;
            }
        }
        return line[..Math.Min(end, line.Length)];
    }
}
