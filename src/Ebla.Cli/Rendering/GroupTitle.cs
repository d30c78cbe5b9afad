using Ebla.Primitives;

namespace Ebla.Cli.Rendering;

/// <summary>A group of snapshots in words.</summary>
internal static class GroupTitle
{
    public static string Of(
        MemberId writer, ByteName? host, IReadOnlyList<ByteName>? paths, IReadOnlyList<string>? tags, bool areWritersSeveral)
    {
        List<string> parts = [];
        if (host is { } name)
        {
            parts.Add($"host {name}");
        }
        if (paths is not null)
        {
            parts.Add($"paths {string.Join(' ', paths)}");
        }
        if (tags is not null)
        {
            parts.Add(tags.Count == 0 ? "no tags" : $"tags {string.Join(',', tags.Select(SafeText.ForTerminal))}");
        }
        if (parts.Count == 0 || areWritersSeveral)
        {
            parts.Add($"writer {writer}");
        }
        return string.Join(", ", parts);
    }
}
