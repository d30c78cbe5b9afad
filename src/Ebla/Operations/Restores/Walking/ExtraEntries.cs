using Ebla.FileSystems;
using Ebla.Primitives;

namespace Ebla.Operations.Restores.Walking;

/// <summary>Finds what is in a directory of the target and not in the snapshot, as the nodes come in their order.</summary>
internal sealed class ExtraEntries
{
    private readonly DirectoryListing _names;
    private readonly Func<ByteName, ByteName> _temporaryNameOf;
    private readonly List<ByteName> _extra = [];
    private readonly HashSet<ByteName> _unfinished = [];
    private readonly bool _hasTemporaries;
    private int _next;

    /// <param name="opened">The directory.</param>
    /// <param name="temporaryNameOf">The name that an entry has until it is whole.</param>
    public ExtraEntries(TargetDirectory opened, Func<ByteName, ByteName> temporaryNameOf)
    {
        _temporaryNameOf = temporaryNameOf;
        using SourceDirectory source = opened.OpenForReading();
        _names = source.ReadNames();
        for (int i = 0; i < _names.Count && !_hasTemporaries; i++)
        {
            _hasTemporaries = _names[i].StartsWith(TargetDirectory.TemporaryPrefix);
        }
    }

    /// <summary>The snapshot has this name.</summary>
    public void Pass(ByteName name)
    {
        int order = -1;
        while (_next < _names.Count && (order = _names[_next].SequenceCompareTo(name.Span)) < 0)
        {
            _extra.Add(new ByteName(_names[_next++]));
        }
        _next += _next < _names.Count && order == 0 ? 1 : 0;
        if (_hasTemporaries)
        {
            _ = _unfinished.Add(_temporaryNameOf(name));
        }
    }

    /// <summary>The snapshot has no further names: what is left over, without what this run may be going on with.</summary>
    public IEnumerable<ByteName> End()
    {
        for (; _next < _names.Count; _next++)
        {
            _extra.Add(new ByteName(_names[_next]));
        }
        return _extra.Where(name => !_unfinished.Contains(name));
    }
}
