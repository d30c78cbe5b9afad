using Ebla.FileSystems;
using Ebla.Primitives;

namespace Ebla.Operations.Restores.Writing;

/// <summary>
/// The directories of a restore: opened as they are needed, closed again when many are open, given their metadata when all below
/// them is done. Safe for concurrent use. Owns the root.
/// </summary>
internal sealed class TargetTree : IDisposable
{
    // Open and not in use; those in use are bounded by the workers and the open files.
    private const int IdleMax = 128;

    private readonly Lock _lock = new();
    private readonly LinkedList<RestoreDirectory> _idle = [];
    private readonly Dictionary<ulong, TargetDirectory> _fileSystems = [];
    private readonly TargetDirectory? _root;
    private readonly RestoreReport _report;
    private readonly RestoreCounters _counters;
    private readonly ulong _device;

    /// <param name="root">The root.</param>
    /// <param name="opened">The same, open. Null in a dry run if it is not there: then nothing is ever opened.</param>
    /// <param name="report">For what fails.</param>
    /// <param name="counters">For what is done.</param>
    public TargetTree(RestoreDirectory root, TargetDirectory? opened, RestoreReport report, RestoreCounters counters)
    {
        _root = opened;
        _report = report;
        _counters = counters;
        _device = opened?.Stat().Device ?? 0;
        root.Opened = opened;
        root.IsMade = opened is not null;
        root.UserCount = 1; // Never closed before the end.
    }

    /// <summary>Nothing is made or changed.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>The name that an entry has until it is whole.</summary>
    public ByteName TemporaryNameOf(ByteName name) => _root?.TemporaryNameOf(name) ?? default;

    /// <summary>What has a name in a directory; null if nothing has, or if the directory is not there.</summary>
    /// <exception cref="FileSystemException">The system does not tell.</exception>
    public FileMetadata? Find(RestoreDirectory directory, ByteName name)
    {
        if (TryOpen(directory) is not { } opened)
        {
            return null;
        }
        try
        {
            return opened.Find(name);
        }
        finally
        {
            Close(directory);
        }
    }

    /// <summary>The directory if it was there before, open until <see cref="Close"/>; nothing is made.</summary>
    public TargetDirectory? TryOpen(RestoreDirectory directory)
    {
        lock (_lock)
        {
            if (directory.IsNew || (directory.Opened is null && !OpenWay(directory, mayMake: false)))
            {
                directory.IsNew = true;
                return null;
            }
            return Use(directory);
        }
    }

    /// <summary>The directory, open until <see cref="Close"/>; made where it is missing.</summary>
    /// <exception cref="FileSystemException">It cannot be opened or made.</exception>
    public TargetDirectory Open(RestoreDirectory directory)
    {
        lock (_lock)
        {
            if (directory.Opened is null && !OpenWay(directory, mayMake: !IsReadOnly))
            {
                throw FileSystemException.Refused("open", directory.PathInSnapshot, "it is not there any more");
            }
            for (RestoreDirectory? at = directory; at is { IsMade: false }; at = at.Parent)
            {
                at.IsMade = true;
            }
            return Use(directory);
        }
    }

    /// <summary>Ends one use.</summary>
    public void Close(RestoreDirectory directory)
    {
        lock (_lock)
        {
            if (--directory.UserCount == 0)
            {
                _idle.AddLast(directory.Idle!);
                Trim();
            }
        }
    }

    /// <summary>Something in the directory is done. With the last of it, its metadata are set, and so on upwards.</summary>
    public void Release(RestoreDirectory directory)
    {
        for (RestoreDirectory? at = directory; at is not null && at.Release(); at = at.Parent)
        {
            if (at.Metadata is { } metadata && at.IsMade && !IsReadOnly)
            {
                Finish(at, metadata);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (RestoreDirectory directory in _idle)
            {
                directory.Opened!.Dispose();
                directory.Opened = null;
            }
            _idle.Clear();
            foreach (TargetDirectory other in _fileSystems.Values)
            {
                other.Dispose();
            }
            _root?.Dispose();
        }
    }

    /// <summary>Waits until all that was restored is durable, on every file system that it is on.</summary>
    /// <exception cref="TargetException">Something was lost.</exception>
    public void Sync()
    {
        lock (_lock)
        {
            try
            {
                _root?.SyncFileSystem();
                foreach (TargetDirectory other in _fileSystems.Values)
                {
                    other.SyncFileSystem();
                }
            }
            catch (FileSystemException exception)
            {
                throw new TargetException(
                    $"Not all that was restored reached the disk: {exception.Message}. Look after the disk, then restore again.", exception);
            }
        }
    }

    private TargetDirectory Use(RestoreDirectory directory)
    {
        if (directory.UserCount++ == 0)
        {
            _idle.Remove(directory.Idle!);
        }
        return directory.Opened!;
    }

    private void Finish(RestoreDirectory directory, in TargetMetadata metadata)
    {
        try
        {
            TargetDirectory opened = Open(directory);
            try
            {
                _report.Metadata(directory, default, opened.SetMetadata(metadata));
            }
            finally
            {
                Close(directory);
            }
            _counters.CountDirectory();
        }
        catch (FileSystemException exception)
        {
            TargetFailure.ThrowIfFinal(exception);
            _report.Problem(directory.PathInSnapshot, exception.Message);
        }
    }

    // Back from the one below, as the last of a deep tree are finished; or else from the nearest open one down. Those on the way are kept
    // open too: their other children and their own end come next.
    private bool OpenWay(RestoreDirectory directory, bool mayMake)
    {
        if (directory is { Closed: { } closed, OpenedBelow.Opened: { } below } && closed.TryOpenAgain(below, directory.Identity) is { } again)
        {
            Keep(directory, again);
            return true;
        }
        Stack<RestoreDirectory> way = [];
        RestoreDirectory at = directory;
        for (; at.Opened is null; at = at.Parent!)
        {
            if (at.Parent is null || (!mayMake && !at.IsMade && at.IsNew))
            {
                return false;
            }
            way.Push(at);
        }
        foreach (RestoreDirectory next in way)
        {
            TargetDirectory above = at.Opened!;
            TargetDirectory? opened = next.IsMade || !mayMake ? above.TryOpenDirectory(next.Name) : null;
            if (opened is null && !mayMake)
            {
                return false;
            }
            opened ??= above.OpenOrCreateDirectory(next.Name);
            if (!next.IsMade)
            {
                next.IsNew = opened.IsNew;
                NoteFileSystem(opened, above, next);
            }
            Keep(next, opened);
            at.OpenedBelow = next;
            at = next;
        }
        return true;
    }

    // Only what was there can have something mounted on it. The descriptor is kept from now on: with it the system tells of lost writes.
    private void NoteFileSystem(TargetDirectory opened, TargetDirectory above, RestoreDirectory directory)
    {
        if (opened.IsNew)
        {
            return;
        }
        ulong device = opened.Stat().Device;
        if (device != _device && !_fileSystems.ContainsKey(device) && above.TryOpenDirectory(directory.Name) is { } second)
        {
            _fileSystems.Add(device, second);
        }
    }

    private void Keep(RestoreDirectory directory, TargetDirectory opened)
    {
        FileMetadata metadata = opened.Stat();
        directory.Identity = (metadata.Device, metadata.Inode);
        directory.Opened = opened;
        directory.Idle = _idle.AddLast(directory);
        Trim();
    }

    private void Trim()
    {
        while (_idle.Count > IdleMax)
        {
            RestoreDirectory oldest = _idle.First!.Value;
            _idle.RemoveFirst();
            oldest.Closed = oldest.Opened!;
            oldest.Closed.Dispose();
            oldest.Opened = null;
        }
    }
}
