using Ebla.FileSystems;
using Ebla.Trees;

namespace Ebla.Operations.Backups.Storing;

/// <summary>
/// Contents of files with several names, so that each is read once. Bounded: what does not fit is read again. Safe for concurrent use.
/// </summary>
internal sealed class LinkedContents
{
    // About 20 MB at worst.
    private const int FilesMax = 100_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<HardLinkId, (FileMetadata Metadata, FileContent Content)> _known = [];

    /// <summary>The content read under another name, if the file is still the same.</summary>
    public FileContent? TryGet(in FileMetadata metadata)
    {
        if (metadata.LinkCount < 2)
        {
            return null;
        }
        lock (_lock)
        {
            return _known.TryGetValue(new HardLinkId(metadata.Device, metadata.Inode), out (FileMetadata Metadata, FileContent Content) known)
                && known.Metadata == (metadata with { AccessedTime = known.Metadata.AccessedTime })
                ? known.Content
                : null;
        }
    }

    public void Add(in FileMetadata metadata, FileContent content)
    {
        if (metadata.LinkCount < 2)
        {
            return;
        }
        lock (_lock)
        {
            if (_known.Count < FilesMax)
            {
                _known[new HardLinkId(metadata.Device, metadata.Inode)] = (metadata, content);
            }
        }
    }
}
