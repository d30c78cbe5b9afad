using Spectre.Console;

namespace Ebla.Cli.Rendering;

/// <summary>Columns of plain text without lines around them: what people read is read by grep and awk too.</summary>
internal sealed class TextTable
{
    // In a pipe nothing is wrapped.
    private const int WidthInPipe = 1 << 20;

    private readonly Table _table = new Table().NoBorder();

    /// <param name="headings">One per column; '>' before it: to the right.</param>
    public TextTable(params string[] headings)
    {
        foreach (string heading in headings)
        {
            TableColumn column = new(new Text(heading.TrimStart('>'))) { Padding = new Padding(0, 0, 2, 0) };
            _ = _table.AddColumn(heading.StartsWith('>') ? column.RightAligned() : column);
        }
        // The last one is the one that may be long.
        foreach (TableColumn column in _table.Columns.Take(headings.Length - 1))
        {
            column.NoWrap = true;
        }
    }

    public void Add(params string[] cells) => _table.AddRow(cells.Select(cell => new Text(cell)));

    public void WriteTo(TextWriter output)
    {
        using StringWriter text = new();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = Console.IsOutputRedirected ? WidthInPipe : Math.Max(40, Console.WindowWidth);
        console.Write(_table);
        foreach (string line in text.ToString().TrimEnd().Split('\n'))
        {
            output.WriteLine(line.TrimEnd());
        }
    }
}
