using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Backups.Previous;

/// <summary>One directory as several previous snapshots have it, walked beside the one on disk.</summary>
internal sealed class PreviousDirectories(IReadOnlyList<PreviousDirectory> directories) : IAsyncDisposable
{
    public static PreviousDirectories None { get; } = new([]);

    private readonly List<TreeEntry> _found = [];

    /// <summary>
    /// The previous entries of this name, those of the snapshot to be trusted first in front; valid until the next call. Names must be
    /// asked for in order.
    /// </summary>
    public async ValueTask<IReadOnlyList<TreeEntry>> FindAsync(ByteName name)
    {
        if (directories.Count == 0)
        {
            return [];
        }
        _found.Clear();
        foreach (PreviousDirectory directory in directories)
        {
            if (await directory.FindAsync(name).ConfigureAwait(false) is { } entry)
            {
                _found.Add(entry);
            }
        }
        return _found;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (PreviousDirectory directory in directories)
        {
            await directory.DisposeAsync().ConfigureAwait(false);
        }
    }
}
