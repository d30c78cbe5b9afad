using Ebla.FileSystems;
using Ebla.Operations.Backups.Assembly;
using Ebla.Operations.Backups.Previous;
using Ebla.Operations.Backups.Selection;
using Ebla.Primitives;

namespace Ebla.Operations.Backups.Scanning;

/// <summary>A directory that the walk is in: what is left to visit of it.</summary>
/// <param name="place">The directory.</param>
/// <param name="pending">Its list in the making.</param>
/// <param name="names">All its names.</param>
/// <param name="previous">The directory in previous snapshots.</param>
/// <param name="scope">What decides about its entries.</param>
internal sealed class WalkLevel(
    SourcePlace place, PendingDirectory pending, DirectoryListing names, PreviousDirectories previous, SelectionScope scope)
    : IAsyncDisposable
{
    // Let go when there is no more: a walk can be fifty thousand directories deep in directories of one entry.
    private DirectoryListing? _names = names.Count > 0 ? names : null;
    private PreviousDirectories _previous = previous;
    private int _next;

    public SourcePlace Place => place;

    public PendingDirectory Pending => pending;

    /// <value>What the walk has found out about the directory itself.</value>
    public Trees.NodeRemarks Remarks { get; private set; }

    public SelectionScope Scope => scope;

    public bool HasMore => _names is not null;

    public PreviousDirectories Previous => _previous;

    /// <summary>The next name. The last one takes <see cref="HasMore"/> away.</summary>
    public ByteName Next()
    {
        ByteName name = new(_names![_next++]);
        if (_next == _names.Count)
        {
            _names = null;
        }
        return name;
    }

    /// <summary>The rest cannot be visited.</summary>
    public void GiveUp()
    {
        _names = null;
        Remarks = Trees.NodeRemarks.Incomplete;
    }

    /// <summary>The previous snapshots are needed no more.</summary>
    public ValueTask DisposeAsync()
    {
        PreviousDirectories previous = _previous;
        _previous = PreviousDirectories.None;
        return previous.DisposeAsync();
    }
}
