using System.Globalization;
using Ebla.Cli.Rendering;
using Ebla.Operations.Listing;
using Ebla.Primitives;
using Ebla.Trees;

namespace Ebla.Cli.Reports;

/// <summary>One element of what <c>ls --json</c> prints.</summary>
internal sealed record EntryReport
{
    /// <summary>The absolute path; see <see cref="PathBase64"/>.</summary>
    public required string Path { get; init; }

    /// <summary>The exact bytes of a path that is not UTF-8; null for all others.</summary>
    public required string? PathBase64 { get; init; }

    /// <summary>file, directory, symbolic_link, fifo, socket, character_device or block_device.</summary>
    public required string Type { get; init; }

    /// <summary>Permissions and set-id bits, octal, as in "0644".</summary>
    public required string Mode { get; init; }

    public required uint Uid { get; init; }

    public required uint Gid { get; init; }

    public required string User { get; init; }

    public required string Group { get; init; }

    /// <summary>In bytes; 0 for what is no file.</summary>
    public required long Size { get; init; }

    /// <summary>When it was last modified: UTC, with nanoseconds.</summary>
    public required string Mtime { get; init; }

    /// <summary>What a symbolic link holds; null for all others.</summary>
    public required string? LinkTarget { get; init; }

    public static EntryReport Of(ListedEntry entry)
    {
        Node node = entry.Node;
        string path = SafeText.ForJson(entry.Path);
        return new EntryReport
        {
            Path = path,
            PathBase64 = ByteName.FromText(path) == entry.Path ? null : Convert.ToBase64String(entry.Path.Span),
            Type = node.Type == FileType.Regular ? "file" : SafeText.ToSnakeCase(node.Type.ToString()),
            Mode = Convert.ToString(node.Mode, 8).PadLeft(4, '0'),
            Uid = node.UserId,
            Gid = node.GroupId,
            User = SafeText.ForJson(node.UserName),
            Group = SafeText.ForJson(node.GroupName),
            Size = node.SizeInBytes,
            Mtime = node.ModifiedTime.ToDateTimeOffset().ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture)
                + $".{node.ModifiedTime.Nanoseconds:D9}Z",
            LinkTarget = node.Type == FileType.SymbolicLink ? SafeText.ForJson(node.LinkTarget) : null,
        };
    }
}
