using Spectre.Console;
using Spectre.Console.Rendering;

namespace Ebla.Cli.Rendering;

/// <summary>Lines without markup, each on one line of the terminal: cut at its width, or left to run on.</summary>
internal sealed class UnwrappedLines(IReadOnlyList<string> lines, bool isCut) : Renderable
{
    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        for (int i = 0; i < lines.Count; i++)
        {
            Segment line = new(lines[i]);
            yield return isCut && line.CellCount() > maxWidth
                ? Segment.SplitOverflow(line, Overflow.Ellipsis, maxWidth)[0]
                : line;
            // What is redrawn must end on its last line, where the cursor then stands.
            if (!isCut || i < lines.Count - 1)
            {
                yield return Segment.LineBreak;
            }
        }
    }
}
