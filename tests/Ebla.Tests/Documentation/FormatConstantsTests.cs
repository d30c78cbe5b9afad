using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Ebla.Repositories;
using Ebla.Tests.Architecture;
using Xunit;

namespace Ebla.Tests.Documentation;

/// <summary>The numbers in the tables of docs/format.md are those of the program, and the sections that the source names exist.</summary>
public sealed partial class FormatConstantsTests
{
    private const BindingFlags AnyStatic = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly Type[] Types = typeof(Repository).Assembly.GetTypes();

    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Checkout.Root, "docs", "format.md"));

    [Fact]
    public void Every_limit_in_the_format_is_the_constant_it_names()
    {
        List<Match> rows = [.. Lines.Select(line => LimitRow().Match(line)).Where(match => match.Success)];
        List<string> wrong = [];
        foreach (Match row in rows)
        {
            FieldInfo? field = TypeOf(row.Groups["type"].Value)?.GetField(row.Groups["name"].Value, AnyStatic);
            decimal stated = decimal.Parse(row.Groups["value"].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
            if (field is null || Convert.ToDecimal(field.GetValue(null), CultureInfo.InvariantCulture) != stated)
            {
                wrong.Add($"{row.Value}: the program has {field?.GetValue(null) ?? "no such constant"}");
            }
        }

        Assert.Empty(wrong);
        Assert.True(rows.Count >= 50, $"Only {rows.Count} limits were found in the table.");
    }

    [Fact]
    public void Every_number_in_the_format_is_that_of_the_program_and_none_is_left_out()
    {
        List<Match> rows = [.. Lines.Select(line => NumbersRow().Match(line)).Where(match => match.Success)];
        List<string> wrong = [];
        foreach (Match row in rows)
        {
            Type? type = TypeOf(row.Groups["type"].Value);
            string actual = type is null ? "no such type" : string.Join(", ", NumbersOf(type));
            if (row.Groups["numbers"].Value != actual)
            {
                wrong.Add($"{row.Groups["type"].Value}: the page has '{row.Groups["numbers"].Value}', the program '{actual}'");
            }
        }

        Assert.Empty(wrong);
        Assert.True(rows.Count >= 15, $"Only {rows.Count} types were found in the table.");
    }

    [Fact]
    public void Every_section_that_the_source_names_is_in_the_document()
    {
        List<string> wrong = [];
        int count = 0;
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Checkout.Root, "src"), "*.cs", SearchOption.AllDirectories))
        {
            foreach (Match reference in SectionReference().Matches(File.ReadAllText(file)))
            {
                string document = Path.Combine(Checkout.Root, reference.Groups["page"].Value);
                string section = reference.Groups["section"].Value;
                count++;
                if (!File.Exists(document) || !File.ReadAllLines(document).Any(line => IsTitle(line, section)))
                {
                    wrong.Add($"{Path.GetFileName(file)}: {reference.Value}");
                }
            }
        }

        Assert.Empty(wrong);
        Assert.True(count >= 20, $"Only {count} references were found.");
    }

    // A heading, with or without its number, or the bold start of a paragraph.
    private static bool IsTitle(string line, string section)
        => (line.StartsWith('#') || line.StartsWith("**", StringComparison.Ordinal))
            && line.TrimStart('#', '*', ' ', '.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9')
                .StartsWith(section, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> NumbersOf(Type type) => type.IsEnum
        ? Enum.GetValues(type).Cast<object>()
            .Select(value => (Number: Convert.ToInt64(value, CultureInfo.InvariantCulture), Name: value.ToString()!))
            .OrderBy(member => member.Number)
            .Select(member => $"{member.Number} {member.Name}")
        : type.GetFields(AnyStatic)
            .Where(field => field.IsLiteral && field.Name.EndsWith("Key", StringComparison.Ordinal))
            .Select(field =>
                (Number: Convert.ToInt64(field.GetValue(null), CultureInfo.InvariantCulture), Name: field.Name[..^3]))
            .OrderBy(field => field.Number)
            .Select(field => $"{field.Number} {field.Name}");

    private static Type? TypeOf(string name) => Types.SingleOrDefault(type => type.Name == name && !type.IsNested);

    [GeneratedRegex(@"^\| [^|]+ \| (?<value>[0-9,]+) \| `(?<type>\w+)\.(?<name>\w+)` \|$")]
    private static partial Regex LimitRow();

    [GeneratedRegex(@"(?<page>docs/[\w/-]+\.md), (section )?""(?<section>[^""]+)""")]
    private static partial Regex SectionReference();

    [GeneratedRegex(@"^\| `(?<type>\w+)` \| (?<numbers>[0-9]+ \w+(, [0-9]+ \w+)*) \|$")]
    private static partial Regex NumbersRow();
}
