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

    /// <summary>When it was last accessed, as of the backup that found it new or changed: UTC, with nanoseconds.</summary>
    public required string Atime { get; init; }

    /// <summary>What chattr has set, by the letters of lsattr, as in "iA".</summary>
    public required string Flags { get; init; }

    /// <summary>The extended attributes; null where they are too many to stand in the node.</summary>
    public required IReadOnlyList<AttributeReport>? Xattrs { get; init; }

    /// <summary>Length of all extended attributes as stored; 0 if there are none.</summary>
    public required long XattrBytes { get; init; }

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
            Mtime = Format(node.ModifiedTime),
            Atime = Format(node.AccessedTime),
            Flags = FileFlagSets.ToLetters(node.Flags),
            Xattrs = node.ExtendedAttributeContent.Count > 0 ? null : [.. node.ExtendedAttributes.Select(AttributeReport.Of)],
            XattrBytes = node.ExtendedAttributeContent.Sum(piece => piece.SizeInBytes)
                + node.ExtendedAttributes.Sum(attribute => (long)attribute.Name.Length + attribute.Value.Length),
            LinkTarget = node.Type == FileType.SymbolicLink ? SafeText.ForJson(node.LinkTarget) : null,
        };
    }

    private static string Format(UnixTime time)
        => time.ToDateTimeOffset().ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture) + $".{time.Nanoseconds:D9}Z";
}
