namespace Ebla.Operations.Patterns;

/// <summary>Rules in their order: the last one that matches decides.</summary>
/// <remarks>
/// Immutable. With many rules only those are asked whose matches can end with the byte that the name ends with, which leaves a few of
/// a hundred.
/// </remarks>
internal sealed class PatternList
{
    private const int IndexedRulesMin = 8; // For fewer, the table costs more than it saves.

    private readonly PatternRule[] _rules; // The last one first.
    private readonly PatternRule[]?[]? _byLastByte;

    public PatternList(IEnumerable<PatternRule> rules)
    {
        _rules = [.. rules.Reverse().Where(rule => rule.ReasonWhyNever is null)];
        if (_rules.Length >= IndexedRulesMin)
        {
            _byLastByte = new PatternRule[256][];
            foreach (byte last in _rules.Select(rule => rule.Pattern.LastByte).OfType<byte>().Distinct())
            {
                _byLastByte[last] = [.. _rules.Where(rule => (rule.Pattern.LastByte ?? last) == last)];
            }
            Open = [.. _rules.Where(rule => rule.Pattern.LastByte is null)];
        }
    }

    /// <summary>No rules.</summary>
    public static PatternList Empty { get; } = new([]);

    public bool IsEmpty => _rules.Length == 0;

    // Rules whose matches can end with any byte.
    private PatternRule[] Open { get; } = [];

    /// <summary>The rule that decides about an entry; null if none matches.</summary>
    /// <param name="path">Its path from the root of the file system, without the slash at its start.</param>
    /// <param name="nameStart">Where its name begins in the path.</param>
    /// <param name="folderStart">Where the path relative to the rules' folder begins; the path's length if it is not in there.</param>
    /// <param name="isDirectory">Whether it is a directory.</param>
    public PatternRule? Find(ReadOnlySpan<byte> path, int nameStart, int folderStart, bool isDirectory)
    {
        ReadOnlySpan<PatternRule> candidates = _byLastByte is null ? _rules : _byLastByte[path[^1]] ?? Open;
        ReadOnlySpan<byte> name = path[nameStart..];
        ReadOnlySpan<byte> relative = path[folderStart..];
        foreach (PatternRule rule in candidates)
        {
            if (rule.Pattern.Matches(name, rule.Pattern.IsAbsolute ? path : relative, isDirectory))
            {
                return rule;
            }
        }
        return null;
    }

    /// <summary>
    /// The rule that decides about a path that was named. That everything is left out, or is not, is about what is in a named
    /// directory, not about itself.
    /// </summary>
    public PatternRule? FindNamed(ReadOnlySpan<byte> path, int nameStart, bool isDirectory)
    {
        foreach (PatternRule rule in _rules)
        {
            if (!(isDirectory && rule.Pattern is { IsEverything: true, IsAbsolute: false })
                && rule.Pattern.Matches(path[nameStart..], rule.Pattern.IsAbsolute ? path : default, isDirectory))
            {
                return rule;
            }
        }
        return null;
    }

    /// <summary>The rule that decides about a directory on the way to what was named: only those with its whole path count.</summary>
    public PatternRule? FindAbsolute(ReadOnlySpan<byte> path)
    {
        foreach (PatternRule rule in _rules)
        {
            if (rule.Pattern.IsAbsolute && rule.Pattern.Matches(default, path, isDirectory: true))
            {
                return rule;
            }
        }
        return null;
    }
}
