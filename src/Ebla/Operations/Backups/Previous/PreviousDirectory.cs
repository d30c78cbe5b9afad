using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Backups.Previous;

/// <summary>Walks a directory of the previous snapshot beside the one on disk; both are sorted.</summary>
internal sealed class PreviousDirectory(TreeReader trees, BlobId tree, Action<string> onDamage, CancellationToken cancellationToken)
    : IAsyncDisposable
{
    private readonly IAsyncEnumerator<TreeEntry> _entries
        = trees.ReadNodesAsync(tree, cancellationToken).GetAsyncEnumerator(cancellationToken);

    private TreeEntry? _current;
    private bool _isAtEnd;

    /// <summary>The previous entry of this name, or null. Names must be asked for in order.</summary>
    public async ValueTask<TreeEntry?> FindAsync(ByteName name)
    {
        while (!_isAtEnd)
        {
            if (_current is { } entry)
            {
                int order = entry.Node.Name.CompareTo(name);
                if (order >= 0)
                {
                    return order == 0 ? entry : null;
                }
            }
            await MoveAsync().ConfigureAwait(false);
        }
        return null;
    }

    public ValueTask DisposeAsync() => _entries.DisposeAsync();

    // What cannot be read of the previous snapshot only means that more files are read again.
    private async ValueTask MoveAsync()
    {
        try
        {
            _isAtEnd = !await _entries.MoveNextAsync().ConfigureAwait(false);
            _current = _isAtEnd ? null : _entries.Current;
        }
        catch (Exception exception) when (exception is CorruptDataException or MissingObjectException)
        {
            onDamage(exception.Message);
            _isAtEnd = true;
        }
    }
}
