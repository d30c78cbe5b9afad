using Ebla.Cli.Rendering;
using Ebla.Operations.Backups.Planning;
using Ebla.Operations.Backups.Selection;
using Ebla.Primitives;

namespace Ebla.Cli.Reports;

/// <summary>One of the entries that <c>backup --dry-run --json</c> prints.</summary>
internal sealed record PlannedEntryReport
{
    /// <summary>The absolute path; see <see cref="PathBase64"/>.</summary>
    public required string Path { get; init; }

    /// <summary>The exact bytes of a path that is not UTF-8; null for all others.</summary>
    public required string? PathBase64 { get; init; }

    /// <summary>As in <c>ls --json</c>.</summary>
    public required string Type { get; init; }

    /// <summary>In bytes; 0 for what is no file.</summary>
    public required long Size { get; init; }

    /// <summary>new, changed, unmodified, left_out or emptied.</summary>
    public required string Action { get; init; }

    /// <summary>pattern, cache, size, file_system, no_dump or own_folder; null if it is taken.</summary>
    public required string? Cause { get; init; }

    /// <summary>The pattern by which it is left out; null if it is not by one.</summary>
    public required string? Pattern { get; init; }

    /// <summary>Where the pattern stands: an option, or FILE:LINE.</summary>
    public required string? PatternOrigin { get; init; }

    public static PlannedEntryReport Of(PlannedEntry entry)
    {
        string path = SafeText.ForJson(entry.Path);
        return new PlannedEntryReport
        {
            Path = path,
            PathBase64 = ByteName.FromText(path) == entry.Path ? null : Convert.ToBase64String(entry.Path.Span),
            Type = entry.Type == FileType.Regular ? "file" : SafeText.ToSnakeCase(entry.Type.ToString()),
            Size = entry.SizeInBytes,
            Action = SafeText.ToSnakeCase(entry.Action.ToString()),
            Cause = entry.Cause == SelectionCause.None ? null : SafeText.ToSnakeCase(entry.Cause.ToString()),
            Pattern = entry.Rule is { } rule ? SafeText.ForJson(rule.Text) : null,
            PatternOrigin = entry.Rule?.Origin,
        };
    }
}
