using Ebla.FileSystems;

namespace Ebla.Operations.Restores;

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
    private readonly TargetDirectory _root;
    private readonly RestoreReport _report;
    private readonly RestoreCounters _counters;

    public TargetTree(RestoreDirectory root, TargetDirectory opened, RestoreReport report, RestoreCounters counters)
    {
        _root = opened;
        _report = report;
        _counters = counters;
        root.Opened = opened;
        root.UserCount = 1; // Never closed before the end.
    }

    /// <summary>The directory, open until <see cref="Close"/>; made where it is missing.</summary>
    /// <exception cref="FileSystemException">It cannot be opened or made.</exception>
    public TargetDirectory Open(RestoreDirectory directory)
    {
        lock (_lock)
        {
            if (directory.Opened is null)
            {
                OpenWay(directory);
            }
            if (directory.UserCount++ == 0)
            {
                _idle.Remove(directory.Idle!);
            }
            return directory.Opened!;
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
            if (at.Metadata is { } metadata)
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
            _root.Dispose();
        }
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
    private void OpenWay(RestoreDirectory directory)
    {
        if (directory is { IsMade: true, OpenedBelow.Opened: { } below }
            && directory.Closed!.TryOpenAgain(below, directory.Identity) is { } again)
        {
            Keep(directory, again);
            return;
        }
        Stack<RestoreDirectory> way = [];
        RestoreDirectory at = directory;
        for (; at.Opened is null; at = at.Parent!)
        {
            way.Push(at);
        }
        foreach (RestoreDirectory next in way)
        {
            TargetDirectory above = at.Opened!;
            Keep(next, (next.IsMade ? above.TryOpenDirectory(next.Name) : null) ?? above.OpenOrCreateDirectory(next.Name));
            at.OpenedBelow = next;
            at = next;
        }
    }

    private void Keep(RestoreDirectory directory, TargetDirectory opened)
    {
        FileMetadata metadata = opened.Stat();
        directory.Identity = (metadata.Device, metadata.Inode);
        directory.IsMade = true;
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
