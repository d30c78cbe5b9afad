using System.Text.RegularExpressions;
using Ebla.Tests.Architecture;
using Xunit;

namespace Ebla.Tests.Documentation;

/// <summary>What the pages refer to is there.</summary>
public sealed partial class DesignTests
{
    [Fact]
    public void Every_invariant_names_a_test_that_exists()
    {
        string design = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "design.md"));
        Match[] rows = [.. InvariantRow().Matches(design).Cast<Match>()];
        string[] wrong = [.. rows
            .Where(row => !typeof(DesignTests).Assembly.GetTypes().Any(type =>
                type.Name == row.Groups["type"].Value && type.GetMethod(row.Groups["test"].Value) is not null))
            .Select(row => row.Value)];

        Assert.Empty(wrong);
        Assert.Equal(Enumerable.Range(1, 8), rows.Select(row => int.Parse(row.Groups["number"].Value, null)));
    }

    [Fact]
    public void Every_link_between_pages_leads_somewhere()
    {
        List<string> wrong = [];
        int count = 0;
        string[] pages =
        [
            .. Directory.EnumerateFiles(Checkout.Root, "*.md"),
            .. Directory.EnumerateFiles(Path.Combine(Checkout.Root, "docs"), "*.md", SearchOption.AllDirectories),
        ];
        foreach (string page in pages)
        {
            foreach (Match link in Link().Matches(File.ReadAllText(page)))
            {
                string target = link.Groups["target"].Value;
                count++;
                if (!Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, target)))
                {
                    wrong.Add($"{Path.GetFileName(page)}: {target}");
                }
            }
        }

        Assert.Empty(wrong);
        Assert.True(count >= 10, $"Only {count} links were found.");
    }

    [GeneratedRegex(@"^\| I(?<number>\d) \|.*\| `(?<type>\w+)\.(?<test>\w+)` \|$", RegexOptions.Multiline)]
    private static partial Regex InvariantRow();

    [GeneratedRegex(@"\]\((?<target>[^):#\s]+)(#[^)]*)?\)")]
    private static partial Regex Link();
}
