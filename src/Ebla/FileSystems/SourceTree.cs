namespace Ebla.FileSystems;

/// <summary>
/// The directories that a walk has on its way, however deep it is: a bounded number of them is open, the lowest ones. On the way back a
/// directory is opened again through the ".." of the one below it, or else from above by the names; it must be the same one, by device
/// and inode.
/// </summary>
/// <remarks>
/// One walk enters and leaves; <see cref="Release"/> may be called from any thread. What is retained stays open and counts, so whoever
/// enters first looks at <see cref="HasRoom"/>.
/// </remarks>
internal sealed class SourceTree(int openMax) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly LinkedList<SourcePlace> _idle = []; // The one opened longest ago first.
    private readonly HashSet<SourcePlace> _open = [];
    private TaskCompletionSource? _room;

    /// <value>Whether one more directory can be opened. If not, wait for <see cref="WaitForRoomAsync"/>.</value>
    public bool HasRoom
    {
        get
        {
            lock (_lock)
            {
                return HasRoomLocked;
            }
        }
    }

    // One is left for the directory that the walk stands in.
    private bool HasRoomLocked => _open.Count < openMax || _idle.Count > 1;

    /// <summary>Takes an open directory, and ownership of it.</summary>
    /// <param name="parent">Null where a walk begins. Such a directory stays open until it is left.</param>
    /// <param name="directory">The directory.</param>
    /// <param name="metadata">Its metadata, read from its descriptor.</param>
    public SourcePlace Enter(SourcePlace? parent, SourceDirectory directory, in FileMetadata metadata)
    {
        SourcePlace place = new(parent, directory, metadata);
        lock (_lock)
        {
            _ = _open.Add(place);
            if (parent is null)
            {
                place.UserCount = 1;
            }
            else
            {
                AddIdle(place);
                Trim(place);
            }
        }
        return place;
    }

    /// <summary>The directory, open until another is entered or this one is left.</summary>
    /// <exception cref="FileSystemException">It was closed meanwhile, and is not where it was.</exception>
    public SourceDirectory Open(SourcePlace place)
    {
        lock (_lock)
        {
            if (!place.IsOpen)
            {
                OpenFromAbove(place);
            }
            return place.Directory;
        }
    }

    /// <summary>The directory, open until it is released as often as it was retained.</summary>
    /// <exception cref="FileSystemException">It was closed meanwhile, and is not where it was.</exception>
    public SourceDirectory Retain(SourcePlace place)
    {
        SourceDirectory directory = Open(place);
        lock (_lock)
        {
            if (place.UserCount++ == 0)
            {
                _idle.Remove(place.Idle!);
            }
        }
        return directory;
    }

    /// <summary>Ends one use.</summary>
    public void Release(SourcePlace place)
    {
        lock (_lock)
        {
            if (--place.UserCount > 0)
            {
                return;
            }
            if (place.IsLeft)
            {
                Close(place);
            }
            else
            {
                place.Idle = _idle.AddLast(place);
            }
            TellOfRoom();
        }
    }

    /// <summary>The walk needs the directory no more; it is closed when nobody uses it.</summary>
    /// <param name="place">The directory.</param>
    /// <param name="returns">Whether the walk has something left to do above, so that the directory above should be open.</param>
    public void Leave(SourcePlace place, bool returns)
    {
        lock (_lock)
        {
            if (returns && place is { IsOpen: true, Parent: { IsOpen: false } above } && above.TryOpenAgain(place))
            {
                AddIdle(above);
            }
            place.IsLeft = true;
            if (place.Parent is null)
            {
                Release(place);
            }
            else if (place is { IsOpen: true, UserCount: 0 })
            {
                _idle.Remove(place.Idle!);
                Close(place);
            }
            TellOfRoom();
        }
    }

    /// <summary>Completes when one more directory can be opened.</summary>
    public Task WaitForRoomAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (HasRoomLocked)
            {
                return Task.CompletedTask;
            }
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Closes all that is open. Nothing may be in use.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (SourcePlace place in _open)
            {
                place.Close();
            }
            _open.Clear();
            _idle.Clear();
        }
    }

    // From the nearest open one down.
    private void OpenFromAbove(SourcePlace place)
    {
        Stack<SourcePlace> way = [];
        SourcePlace at = place;
        for (; !at.IsOpen; at = at.Parent!)
        {
            way.Push(at);
        }
        foreach (SourcePlace next in way)
        {
            if (!next.TryOpenAgain(at))
            {
                throw FileSystemException.Refused("return to", next.Path, "it was moved or removed while it was walked");
            }
            AddIdle(next);
            Trim(next);
            at = next;
        }
    }

    private void TellOfRoom()
    {
        if (_room is not null && HasRoomLocked)
        {
            _room.SetResult();
            _room = null;
        }
    }

    private void AddIdle(SourcePlace place)
    {
        _ = _open.Add(place);
        place.Idle = _idle.AddLast(place);
    }

    private void Trim(SourcePlace needed)
    {
        while (_open.Count > openMax && _idle.First is { } oldest && oldest.Value != needed)
        {
            _idle.RemoveFirst();
            Close(oldest.Value);
        }
    }

    private void Close(SourcePlace place)
    {
        place.Close();
        _ = _open.Remove(place);
    }
}
