using System.Text.RegularExpressions;

namespace Ebla.Tests.Architecture;

/// <summary>Rules for source files that the compiler does not check.</summary>
internal static partial class SourceRules
{
    private const int LinesMax = 500;

    private const int ColumnsMax = 150;

    /// <summary>What breaks a rule in a source file; <paramref name="path"/> is relative to the checkout, with slashes.</summary>
    public static IEnumerable<string> Violations(string path, string text)
    {
        string[] lines = text.TrimEnd('\n').Split('\n');
        bool isProduct = path.StartsWith("src/", StringComparison.Ordinal);
        if (isProduct && lines.Length > LinesMax)
        {
            yield return $"{path}: {lines.Length} lines, at most {LinesMax}";
        }
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length > ColumnsMax)
            {
                yield return $"{path}:{i + 1}: {lines[i].Length} columns, at most {ColumnsMax}";
            }
            if (OpenWork().IsMatch(lines[i]))
            {
                yield return $"{path}:{i + 1}: open work without an issue number, as in (#12)";
            }
        }
        if (path.Split('/').Any(part => VagueName().IsMatch(Path.GetFileNameWithoutExtension(part))))
        {
            yield return $"{path}: a name that says nothing";
        }
        foreach (Match match in SwallowingCatch().Matches(text))
        {
            yield return $"{path}:{text[..match.Index].Count(c => c == '\n') + 1}: a catch that swallows";
        }
        if (isProduct)
        {
            foreach (string violation in Placement(path, text))
            {
                yield return violation;
            }
        }
    }

    private static IEnumerable<string> Placement(string path, string text)
    {
        string fileName = Path.GetFileName(path);
        string expected = Path.GetDirectoryName(path)!["src/".Length..].Replace('/', '.');
        string? actual = Namespace().Match(text) is { Success: true } match ? match.Groups[1].Value : null;
        if (actual != expected && !(actual is null && fileName == "Program.cs"))
        {
            yield return $"{path}: namespace {actual ?? "missing"}, expected {expected}";
        }
        string[] publicTypes = [.. PublicType().Matches(text).Select(type => type.Groups[1].Value)];
        if (publicTypes.Length > 1)
        {
            yield return $"{path}: {publicTypes.Length} public types ({string.Join(", ", publicTypes)}), at most one";
        }
        else if (publicTypes.Length == 1 && fileName.Split('.', '{')[0] != publicTypes[0])
        {
            yield return $"{path}: holds the public type {publicTypes[0]}, expected its name";
        }
    }

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b(?![ :]*\(?#\d+)")]
    private static partial Regex OpenWork();

    [GeneratedRegex("(Util|Utils|Utilit(y|ies)|Helpers?|Managers?|Common|Misc)$")]
    private static partial Regex VagueName();

    // Of Exception or of everything: with nothing but comments in it. Of a certain exception: without even a comment.
    [GeneratedRegex(
        @"\bcatch\s*(\(\s*(System\.)?Exception(\s+\w+)?\s*\)\s*)?\{(\s|//[^\n]*)*\}"
        + @"|\bcatch\s*\([^)]*\)\s*(when[^{;]*)?\{\s*\}")]
    private static partial Regex SwallowingCatch();

    [GeneratedRegex(@"^namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    // File-scoped namespaces: a type that is not nested starts its line.
    [GeneratedRegex(
        @"^public (?:(?:static|sealed|abstract|readonly|ref|partial|unsafe) )*"
        + @"(?:record struct|record class|class|struct|interface|enum|record|delegate [\w<>?\[\], ]+?) (\w+)",
        RegexOptions.Multiline)]
    private static partial Regex PublicType();
}
