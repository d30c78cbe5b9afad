using System.Text.RegularExpressions;
using Ebla.Backends.Locations;
using Ebla.Primitives;
using Ebla.Tests.Architecture;
using Xunit;

namespace Ebla.Tests.Documentation;

/// <summary>A location that stands in an example is one.</summary>
public sealed partial class LocationExampleTests
{
    [Fact]
    public void Every_location_in_an_example_can_be_read()
    {
        string[] texts =
        [
            .. Directory.EnumerateFiles(Checkout.Root, "*.md"),
            .. Directory.EnumerateFiles(Path.Join(Checkout.Root, "docs"), "*.md", SearchOption.AllDirectories),
            .. Directory.EnumerateFiles(Path.Join(Checkout.Root, "src", "Ebla.Cli", "Commands"), "*.cs"),
        ];
        List<string> wrong = [];
        int count = 0;
        foreach (string text in texts)
        {
            foreach (string line in File.ReadLines(text).Where(static line => Example().IsMatch(line)))
            {
                foreach (Match location in Location().Matches(line))
                {
                    count++;
                    try
                    {
                        Assert.IsNotType<LocalLocation>(BackendLocation.Parse(location.Value));
                    }
                    catch (InvalidLocationException exception)
                    {
                        wrong.Add($"{Path.GetFileName(text)}: {line.Trim()}: {exception.Message}");
                    }
                }
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.InRange(count, 20, int.MaxValue);
    }

    [GeneratedRegex(@"\bebla\b|--repo|--from|EBLA_\w*REPOSITORY")]
    private static partial Regex Example();

    [GeneratedRegex(@"(?<![\w./-])(sftp|s3|davs?|rest(\+https?)?|rclone):[^\s`'"",;)|]{2,}(?<![.:])")]
    private static partial Regex Location();
}
