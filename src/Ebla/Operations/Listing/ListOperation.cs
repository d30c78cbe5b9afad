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
        GrowingPath path = new(found.Path);
        Stack<IAsyncEnumerator<TreeEntry>> way = new([Open(tree)]);
        try
        {
            while (way.TryPeek(out IAsyncEnumerator<TreeEntry>? directory))
            {
                if (await TryMoveNextAsync(directory, path, observer).ConfigureAwait(false) is not { } node)
                {
                    await way.Pop().DisposeAsync().ConfigureAwait(false);
                    if (way.Count > 0)
                    {
                        path.Pop();
                    }
                    continue;
                }
                yield return new ListedEntry(path.Join(node.Name), node);
                if (options.Recursive && node.Subtree is { } below)
                {
                    path.Push(node.Name);
                    way.Push(Open(below));
                }
            }
        }
        finally
        {
            while (way.TryPop(out IAsyncEnumerator<TreeEntry>? directory))
            {
                await directory.DisposeAsync().ConfigureAwait(false);
            }
        }

        IAsyncEnumerator<TreeEntry> Open(BlobId directory)
            => reader.Trees.ReadNodesAsync(directory, cancellationToken).GetAsyncEnumerator(cancellationToken);
    }

    // The next node; null at the end, which damage brings about too.
    private static async ValueTask<Node?> TryMoveNextAsync(
        IAsyncEnumerator<TreeEntry> directory, GrowingPath path, IListObserver observer)
    {
        try
        {
            return await directory.MoveNextAsync().ConfigureAwait(false) ? directory.Current.Node : null;
        }
        catch (Exception exception)
            when (exception is CorruptDataException or MissingObjectException or UnsupportedFormatException)
        {
            observer.Problem(new ListProblem(path.Value, exception.Message));
            return null;
        }
    }
}
