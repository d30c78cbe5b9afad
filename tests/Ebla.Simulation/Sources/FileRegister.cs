using Ebla.FileSystems;
using Ebla.Primitives;

namespace Ebla.Simulation.Sources;

/// <summary>
/// Gives files chosen inodes and times, where the real system's are different in each run. Only what is registered is replaced, and
/// everything of the file system through which the sources are named (/proc).
/// </summary>
internal sealed class FileRegister : IDisposable
{
    private readonly Dictionary<(ulong Device, ulong Inode), VirtualStatus> _known = [];
    private readonly ulong _proc = Real("/proc").Device;

    public FileRegister() => ObservedMetadata.Replacement = Replace;

    public void Dispose() => ObservedMetadata.Replacement = null;

    public void Set(string path, VirtualStatus status)
    {
        FileMetadata real = Real(path);
        _known[(real.Device, real.Inode)] = status;
    }

    public void Remove(string path)
    {
        FileMetadata real = Real(path);
        _ = _known.Remove((real.Device, real.Inode));
    }

    private static FileMetadata Real(string path)
    {
        Func<FileMetadata, FileMetadata>? replacement = ObservedMetadata.Replacement;
        ObservedMetadata.Replacement = null;
        try
        {
            return SourceDirectory.StatRoot(ByteName.FromText(path));
        }
        finally
        {
            ObservedMetadata.Replacement = replacement;
        }
    }

    private FileMetadata Replace(FileMetadata given)
    {
        VirtualStatus? status = given.Device == _proc ? new VirtualStatus(2, 0) : _known.GetValueOrDefault((given.Device, given.Inode));
        if (status is null)
        {
            return given;
        }
        UnixTime time = new(1_500_000_000 + status.Version, 0);
        return given with
        {
            Inode = status.Inode,
            Device = given.Device == _proc ? given.Device : 42,
            ModifiedTime = time,
            ChangedTime = time,
            AccessedTime = time,
            SizeInBytes = given.Type == FileType.Directory ? 0 : given.SizeInBytes,
            LinkCount = 1,
        };
    }
}
