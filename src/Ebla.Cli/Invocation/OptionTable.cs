using System.CommandLine;

namespace Ebla.Cli.Invocation;

/// <summary>A group of options in a help text: names on the left, what they do on the right.</summary>
internal static class OptionTable
{
    // A longer left side gets a line of its own.
    private const int LeftWidthMax = 34;

    // Below this a right column is not worth having.
    private const int RightWidthMin = 30;

    /// <param name="output">Where to.</param>
    /// <param name="title">The line above.</param>
    /// <param name="options">In this order.</param>
    /// <param name="width">Of a line; longer descriptions are wrapped.</param>
    public static void Write(TextWriter output, string title, IReadOnlyList<Option> options, int width)
    {
        output.WriteLine(title);
        int leftWidth = Math.Min(options.Max(option => NamesOf(option).Length), LeftWidthMax);
        foreach (Option option in options)
        {
            string names = NamesOf(option);
            if (names.Length > leftWidth)
            {
                output.WriteLine($"  {names}");
                names = "";
            }
            foreach (string line in Wrap(option.Description ?? "", Math.Max(width - leftWidth - 4, RightWidthMin)))
            {
                output.WriteLine($"  {names.PadRight(leftWidth)}  {line}");
                names = "";
            }
        }
        output.WriteLine();
    }

    private static string NamesOf(Option option)
    {
        string names = string.Join(", ", option.Aliases.Prepend(option.Name).OrderBy(name => name.Length));
        return option.HelpName is null ? names : $"{names} <{option.HelpName}>";
    }

    private static IEnumerable<string> Wrap(string text, int width)
    {
        string line = "";
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }
            line = line.Length == 0 ? word : $"{line} {word}";
        }
        yield return line;
    }
}
