using System.Runtime.CompilerServices;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Trees;

namespace Ebla.Operations.Listing;

/// <summary>Lists what a snapshot holds.</summary>
public static class ListOperation
{
    /// <summary>
    /// The entries of the directory that <paramref name="place"/> names, sorted by the bytes of their names; with
    /// <see cref="ListOptions.Recursive"/> each directory is followed by what is in it. A place that is no directory is listed
    /// itself.
    /// </summary>
    /// <remarks>Streams. Memory: one tree blob per level of directories.</remarks>
    /// <exception cref="SnapshotNotFoundException">There is no such snapshot, or no such path in it.</exception>
    public static async IAsyncEnumerable<ListedEntry> RunAsync(
        Repository repository, SnapshotPath place, ListOptions options, IListObserver observer,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(observer);
        using SnapshotReader reader = await SnapshotReader.OpenAsync(repository, cancellationToken).ConfigureAwait(false);
        SnapshotPlace found = await reader.FindAsync(place, cancellationToken).ConfigureAwait(false);
        if (found.Tree is not { } tree)
        {
            yield return new ListedEntry(found.Path, found.Node!);
            yield break;
        }
        Stack<OpenDirectory> open = new();
        try
        {
            open.Push(new OpenDirectory(found.Path, reader.Trees, tree, cancellationToken));
            while (open.TryPeek(out OpenDirectory? directory))
            {
                if (await directory.NextAsync(observer).ConfigureAwait(false) is not { } node)
                {
                    await open.Pop().DisposeAsync().ConfigureAwait(false);
                    continue;
                }
                ByteName path = directory.Path.Join(node.Name);
                yield return new ListedEntry(path, node);
                if (options.Recursive && node.Subtree is { } below)
                {
                    open.Push(new OpenDirectory(path, reader.Trees, below, cancellationToken));
                }
            }
        }
        finally
        {
            while (open.TryPop(out OpenDirectory? directory))
            {
                await directory.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private sealed class OpenDirectory(ByteName path, TreeReader trees, BlobId tree, CancellationToken cancellationToken)
        : IAsyncDisposable
    {
        private readonly IAsyncEnumerator<TreeEntry> _entries
            = trees.ReadNodesAsync(tree, cancellationToken).GetAsyncEnumerator(cancellationToken);

        public ByteName Path => path;

        /// <summary>The next node; null at the end, which damage brings about too.</summary>
        public async ValueTask<Node?> NextAsync(IListObserver observer)
        {
            try
            {
                return await _entries.MoveNextAsync().ConfigureAwait(false) ? _entries.Current.Node : null;
            }
            catch (Exception exception)
                when (exception is CorruptDataException or MissingObjectException or UnsupportedFormatException)
            {
                observer.Problem(new ListProblem(path, exception.Message));
                return null;
            }
        }

        public ValueTask DisposeAsync() => _entries.DisposeAsync();
    }
}
