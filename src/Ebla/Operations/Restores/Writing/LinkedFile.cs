using Ebla.Primitives;
using Ebla.Trees;

namespace Ebla.Operations.Restores.Writing;

/// <summary>A file with several names: the first that can be restored becomes the file, the others are linked to it.</summary>
internal sealed class LinkedFile(FileType type, long sizeInBytes)
{
    private readonly Lock _lock = new();
    private List<LinkedName> _waiting = [];
    private bool _isBeingRestored;
    private bool _isRestored;

    /// <summary>Where the restored one is, once it is.</summary>
    public RestoreDirectory Directory { get; private set; } = null!;

    /// <summary>Its name there.</summary>
    public ByteName Name { get; private set; }

    /// <summary>Equal ids on files that differ are a mistake of the snapshot: such files are restored each for itself.</summary>
    public bool Fits(Node node) => node.Type == type && node.SizeInBytes == sizeInBytes;

    /// <summary>What is to be done with a name.</summary>
    public LinkedFileTurn Join(LinkedName name)
    {
        lock (_lock)
        {
            if (_isRestored)
            {
                return LinkedFileTurn.Link;
            }
            if (_isBeingRestored)
            {
                name.Directory.Retain();
                _waiting.Add(name);
                return LinkedFileTurn.Wait;
            }
            _isBeingRestored = true;
            return LinkedFileTurn.Restore;
        }
    }

    /// <summary>One name is restored. Its directory stays accessible until the end, for later names.</summary>
    /// <returns>The names that waited; their directories are retained.</returns>
    public List<LinkedName> Restored(RestoreDirectory directory, ByteName name)
    {
        lock (_lock)
        {
            directory.Retain();
            Directory = directory;
            Name = name;
            _isRestored = true;
            return TakeWaiting();
        }
    }

    /// <summary>The name that was being restored could not be: another must be the first.</summary>
    /// <returns>The names that waited; their directories are retained.</returns>
    public List<LinkedName> Failed()
    {
        lock (_lock)
        {
            _isBeingRestored = false;
            return TakeWaiting();
        }
    }

    /// <summary>No more names come: what was retained by <see cref="Restored"/>, or null.</summary>
    public RestoreDirectory? End() => _isRestored ? Directory : null;

    private List<LinkedName> TakeWaiting()
    {
        List<LinkedName> waiting = _waiting;
        _waiting = [];
        return waiting;
    }
}
