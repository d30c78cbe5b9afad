using Ebla.FileSystems;
using Ebla.Primitives;

namespace Ebla.Operations.Restores.Walking;

/// <summary>Entries that are never removed. Known by device and inode, since a path can lead there in many ways.</summary>
internal sealed class KeptEntries
{
    private readonly HashSet<(ulong Device, ulong Inode)> _entries = [];

    /// <summary>Looks the paths up, as what they are and as what they point to. Those that are not there cannot be met either.</summary>
    public KeptEntries(IEnumerable<ByteName> paths)
    {
        foreach (ByteName path in paths)
        {
            try
            {
                Add(SourceDirectory.StatRoot(path));
                using SourceDirectory directory = SourceDirectory.OpenWay(path);
                Add(directory.Stat());
            }
            catch (FileSystemException exception) when (exception.IsVanished)
            {
                // It is not there, or no directory.
            }
        }
    }

    public bool Contains(in FileMetadata metadata) => _entries.Contains((metadata.Device, metadata.Inode));

    private void Add(in FileMetadata metadata) => _entries.Add((metadata.Device, metadata.Inode));
}
