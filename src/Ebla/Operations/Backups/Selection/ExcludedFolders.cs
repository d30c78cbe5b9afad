using Ebla.FileSystems;
using Ebla.Primitives;

namespace Ebla.Operations.Backups.Selection;

/// <summary>Folders that a backup leaves out. Known by device and inode, since a path can lead there in many ways.</summary>
internal sealed class ExcludedFolders
{
    private readonly HashSet<(ulong Device, ulong Inode)> _folders = [];

    /// <summary>Looks the folders up. Those that are not there cannot be met either.</summary>
    public static ExcludedFolders Of(IReadOnlyList<ByteName> paths)
    {
        ExcludedFolders excluded = new();
        foreach (ByteName path in paths)
        {
            try
            {
                using SourceDirectory directory = SourceDirectory.OpenWay(LocalPath.MakeAbsolute(path));
                FileMetadata metadata = directory.Stat();
                _ = excluded._folders.Add((metadata.Device, metadata.Inode));
            }
            catch (FileSystemException exception) when (exception.IsVanished)
            {
                // Nothing to leave out.
            }
        }
        return excluded;
    }

    /// <summary>Whether this is one of them, or lies in one, as it is mounted.</summary>
    public bool ContainsWhereIs(SourceDirectory directory)
        => _folders.Count > 0 && directory.StatUpwards().Any(metadata => Contains(metadata));

    /// <summary>Whether this is one of them.</summary>
    public bool Contains(in FileMetadata metadata) => _folders.Contains((metadata.Device, metadata.Inode));
}
