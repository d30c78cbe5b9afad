using Ebla.Operations.Restores.Walking;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Trees;

namespace Ebla.Operations.Dumps;

/// <summary>Writes a file, or a part of a snapshot as an archive, to a stream.</summary>
public static class DumpOperation
{
    private const int BufferSizeInBytes = 256 << 10;

    /// <summary>Runs a dump. Every byte is checked before it is written.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="place">What to write. In an archive, what is in a directory stands with its path below that directory.</param>
    /// <param name="format">Null: a file raw, all else as tar.</param>
    /// <param name="destination">Where to. Only written, from start to end.</param>
    /// <param name="observer">Told what the format cannot hold.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="SnapshotNotFoundException">There is no such snapshot or path, or what is there has no raw content.</exception>
    /// <exception cref="CorruptDataException">Or <see cref="MissingObjectException"/>: something is damaged. What was written before it
    /// is right; an archive is cut off there, and is not one that readers take for whole.</exception>
    public static async Task<DumpResult> RunAsync(
        Repository repository, SnapshotPath place, DumpFormat? format, Stream destination, IDumpObserver observer,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentNullException.ThrowIfNull(observer);
        using SnapshotReader reader = await SnapshotReader.OpenAsync(repository, cancellationToken).ConfigureAwait(false);
        SnapshotPlace found = await reader.FindAsync(place, cancellationToken).ConfigureAwait(false);
        bool isFile = found.Node is { Type: FileType.Regular };
        DumpFormat chosen = format ?? (isFile ? DumpFormat.Raw : DumpFormat.Tar);
        DumpContent contents = new(reader);
        DumpReport report = new(observer);
        BufferedStream buffered = new(destination, BufferSizeInBytes); // Not disposed: the stream is the caller's.
        if (chosen == DumpFormat.Raw)
        {
            if (!isFile)
            {
                throw new SnapshotNotFoundException(
                    $"{found.Path} is not a file in snapshot {found.Stored.Id.ToShortString()}: only files can be written raw.");
            }
            try
            {
                await contents.CopyAsync(found.Node!, buffered, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                buffered.Flush();
            }
            return new DumpResult(found.Stored.Id, 1, 0);
        }
        IArchiveWriter archive = chosen == DumpFormat.Tar
            ? new PaxWriter(buffered, contents, PathOf, report)
            : new ZipWriter(buffered, contents, PathOf, report);
        long entries;
        try
        {
            entries = await WriteAsync(reader, found, archive, cancellationToken).ConfigureAwait(false);
            archive.End();
        }
        catch (Exception exception) when (exception is not IOException)
        {
            archive.Cut();
            buffered.Flush();
            throw;
        }
        buffered.Flush();
        report.End();
        return new DumpResult(found.Stored.Id, entries, report.Errors);

        ByteName PathOf(ByteName path) => found.Node is null or { Type: FileType.Directory } ? found.Path.Join(path) : found.Path;
    }

    private static async Task<long> WriteAsync(
        SnapshotReader reader, SnapshotPlace found, IArchiveWriter archive, CancellationToken cancellationToken)
    {
        long entries = 0;
        if (found.Node is not null)
        {
            await AddAsync(found.Node.Type == FileType.Directory ? default : found.Node.Name, found.Node).ConfigureAwait(false);
        }
        if (found.Tree is not { } top)
        {
            return entries;
        }
        RestorePath path = new();
        Stack<(int PathLength, IAsyncEnumerator<TreeEntry> Nodes)> way = [];
        way.Push((0, Read(top)));
        try
        {
            while (way.TryPeek(out (int PathLength, IAsyncEnumerator<TreeEntry> Nodes) at))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!await at.Nodes.MoveNextAsync().ConfigureAwait(false))
                {
                    _ = way.Pop();
                    await at.Nodes.DisposeAsync().ConfigureAwait(false);
                    continue;
                }
                Node node = at.Nodes.Current.Node;
                int length = path.Write(at.PathLength, node.Name.Span);
                await AddAsync(new ByteName(path.Of(length)), node).ConfigureAwait(false);
                if (node is { Type: FileType.Directory, Subtree: { } below })
                {
                    way.Push((length, Read(below)));
                }
            }
        }
        finally
        {
            foreach ((_, IAsyncEnumerator<TreeEntry> nodes) in way)
            {
                await nodes.DisposeAsync().ConfigureAwait(false);
            }
        }
        return entries;

        IAsyncEnumerator<TreeEntry> Read(BlobId tree)
            => reader.Trees.ReadNodesAsync(tree, cancellationToken).GetAsyncEnumerator(cancellationToken);

        async Task AddAsync(ByteName name, Node node)
        {
            IReadOnlyList<ExtendedAttribute> attributes =
                await reader.Trees.ReadExtendedAttributesAsync(node, cancellationToken).ConfigureAwait(false);
            entries += await archive.TryAddAsync(name, node, attributes, cancellationToken).ConfigureAwait(false) ? 1 : 0;
        }
    }
}
