using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Ebla.FileSystems;
using Ebla.Keys;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Trees;

namespace Ebla.Operations.Backups;

/// <summary>
/// Walks the source depth first, in one task: decides per entry, hands files that must be read to the readers, and lets each directory's
/// tree be assembled in order behind it, so that the walk never waits for a directory to be finished.
/// </summary>
/// <remarks>
/// Memory: the names of the directories on the way down, at most <see cref="WaitingNodesMax"/> nodes per directory on the way, and
/// <see cref="OpenDirectoriesMax"/> directories that wait for their files.
/// </remarks>
internal sealed class SourceScanner(
    UploadSession session, RingKeys ring, NodeFactory nodes, TreeReader? previous, FileQueue files, TreeStore trees,
    BackupCounters counters, ExcludedFolders excluded, IBackupObserver observer, CancellationToken cancellationToken)
    : IDisposable
{
    private const int WaitingNodesMax = 8192;
    private const int OpenDirectoriesMax = 512;

    private readonly SemaphoreSlim _openDirectories = new(OpenDirectoriesMax);
    private readonly StoredClosure _stored = new(session.Index);
    private bool _previousIsDamaged;

    /// <summary>Scans everything selected and returns the root tree.</summary>
    public async Task<BlobId> ScanAsync(RootPathTree root, BlobId? before)
    {
        Task<BlobId> tree;
        if (root.IsSelected)
        {
            tree = await ScanDirectoryAsync(SourceDirectory.OpenRoot(root.Path), before).ConfigureAwait(false);
        }
        else
        {
            tree = await ScanWayAsync(root, before).ConfigureAwait(false);
        }
        await files.FlushAsync(cancellationToken).ConfigureAwait(false);
        return await tree.ConfigureAwait(false);
    }

    public void Dispose() => _openDirectories.Dispose();

    // A directory on the way to a selected one holds just the way.
    private async Task<Task<BlobId>> ScanWayAsync(RootPathTree way, BlobId? before)
    {
        PreviousDirectory then = OpenPrevious(before);
        await using ConfiguredAsyncDisposable disposing = then.ConfigureAwait(false);
        List<Task<EncodedNode?>> entries = [];
        foreach ((ByteName name, RootPathTree child) in way.Children)
        {
            TreeEntry? earlier = await then.FindAsync(name.Span.ToArray()).ConfigureAwait(false);
            try
            {
                entries.Add(child.IsSelected
                    ? await ScanSelectedAsync(way, name, child, earlier).ConfigureAwait(false)
                    : await ScanWayEntryAsync(name, child, earlier).ConfigureAwait(false));
            }
            catch (FileSystemException exception)
            {
                Report(child.Path, exception.Message);
            }
        }
        return AssembleAsync(entries);
    }

    private async Task<Task<EncodedNode?>> ScanWayEntryAsync(ByteName name, RootPathTree child, TreeEntry? earlier)
    {
        Node node;
        using (SourceDirectory directory = SourceDirectory.OpenWay(child.Path))
        {
            node = await nodes.CreateAsync(name, directory.Stat(), directory, earlier?.Node, cancellationToken).ConfigureAwait(false);
        }
        Task<BlobId> tree = await ScanWayAsync(child, earlier?.Node.Subtree).ConfigureAwait(false);
        return FinishDirectoryAsync(node, tree, NodeRemarks.None);
    }

    // What the user named: a link to a directory is followed, since its content is what he means.
    private async Task<Task<EncodedNode?>> ScanSelectedAsync(RootPathTree parent, ByteName name, RootPathTree child, TreeEntry? earlier)
    {
        SourceDirectory? directory;
        try
        {
            directory = SourceDirectory.OpenRoot(child.Path);
        }
        catch (FileSystemException exception) when (exception.IsVanished)
        {
            directory = null; // No directory: a file, a link to nowhere, or gone, which the next look tells.
        }
        if (directory is not null)
        {
            return await ScanOpenedAsync(name, directory, earlier).ConfigureAwait(false);
        }
        SourceDirectory above = SourceDirectory.OpenWay(parent.Path);
        Task<EncodedNode?> entry = await ScanEntryAsync(above, name, earlier).ConfigureAwait(false);
        _ = DisposeAfterAsync(above, entry);
        return entry;
    }

    private async Task<Task<BlobId>> ScanDirectoryAsync(SourceDirectory directory, BlobId? before)
    {
        Channel<Task<EncodedNode?>> entries = Channel.CreateBounded<Task<EncodedNode?>>(WaitingNodesMax);
        Task<BlobId> assembled = AssembleAsync(directory, entries.Reader);
        Exception? failure = null;
        try
        {
            DirectoryListing names = directory.ReadNames();
            PreviousDirectory then = OpenPrevious(before);
            await using ConfiguredAsyncDisposable disposing = then.ConfigureAwait(false);
            for (int i = 0; i < names.Count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ByteName name = new(names[i]);
                TreeEntry? earlier = before is null ? null : await then.FindAsync(name.Span.ToArray()).ConfigureAwait(false);
                Task<EncodedNode?> entry = await ScanEntryAsync(directory, name, earlier).ConfigureAwait(false);
                if (!entries.Writer.TryWrite(entry))
                {
                    await files.FlushAsync(cancellationToken).ConfigureAwait(false);
                    await entries.Writer.WriteAsync(entry, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception)
        {
            failure = exception;
            throw;
        }
        finally
        {
            entries.Writer.Complete(failure);
        }
        // From here the directory waits for its files only. Its descriptor is one of a bounded number.
        if (!_openDirectories.Wait(0, CancellationToken.None))
        {
            await files.FlushAsync(cancellationToken).ConfigureAwait(false);
            await _openDirectories.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        _ = ReleaseAfterAsync(assembled);
        return assembled;
    }

    private async Task<Task<EncodedNode?>> ScanEntryAsync(SourceDirectory directory, ByteName name, TreeEntry? earlier)
    {
        if (!NodeCodec.IsValidName(name.Span))
        {
            // Linux has no longer names, but some foreign file systems do.
            Report(directory.Path.Join(name), $"its name is longer than {NodeCodec.NameSizeInBytesMax} bytes");
            return Task.FromResult<EncodedNode?>(null);
        }
        try
        {
            FileMetadata metadata = directory.Stat(name.Span);
            switch (metadata.Type)
            {
                case FileType.Directory:
                    return await ScanOpenedAsync(name, directory.OpenDirectory(name), earlier).ConfigureAwait(false);
                case FileType.Regular:
                    return await ScanFileAsync(directory, name, metadata, earlier).ConfigureAwait(false);
                default:
                    ByteName target = metadata.Type == FileType.SymbolicLink ? directory.ReadLink(name) : default;
                    if (metadata.Type == FileType.SymbolicLink && !NodeCodec.IsValidLinkTarget(target.Span))
                    {
                        Report(directory.Path.Join(name), $"a link target of {target.Length} bytes cannot be kept");
                        return Task.FromResult<EncodedNode?>(null);
                    }
                    counters.CountOther();
                    Node node = await nodes.CreateEntryAsync(directory, name, metadata, earlier?.Node, cancellationToken)
                        .ConfigureAwait(false) with { LinkTarget = target };
                    return Task.FromResult<EncodedNode?>(EncodedNode.Of(node, ring));
            }
        }
        catch (FileSystemException exception)
        {
            BackupProblem problem = new(directory.Path.Join(name), exception.Message);
            if (exception.IsVanished)
            {
                observer.Notice(problem);
            }
            else
            {
                Report(problem.Path, problem.Message);
            }
            return Task.FromResult<EncodedNode?>(null);
        }
    }

    // Takes ownership of the directory.
    private async Task<Task<EncodedNode?>> ScanOpenedAsync(ByteName name, SourceDirectory directory, TreeEntry? earlier)
    {
        FileMetadata metadata = directory.Stat();
        if (excluded.Contains(metadata))
        {
            observer.Notice(new BackupProblem(directory.Path, "left out: it belongs to the repository or its cache"));
            directory.Dispose();
            return Task.FromResult<EncodedNode?>(null);
        }
        Node node = await nodes.CreateAsync(name, metadata, directory, earlier?.Node, cancellationToken).ConfigureAwait(false);
        try
        {
            Task<BlobId> tree = await ScanDirectoryAsync(directory, earlier?.Node.Subtree).ConfigureAwait(false);
            return FinishDirectoryAsync(node, tree, NodeRemarks.None);
        }
        catch (FileSystemException exception)
        {
            // Its names cannot be read, but that it was there can be kept.
            Report(directory.Path, exception.Message);
            return FinishDirectoryAsync(node, AssembleAsync([]), NodeRemarks.Incomplete);
        }
    }

    private async Task<Task<EncodedNode?>> ScanFileAsync(
        SourceDirectory directory, ByteName name, FileMetadata metadata, TreeEntry? earlier)
    {
        FileChange change = FileChanges.Decide(metadata, earlier?.Node);
        if (change == FileChange.Unmodified)
        {
            TreeEntry entry = earlier!.Value;
            EncodedNode encoded = EncodedNode.Of(entry.Node, entry.Encoding, ring);
            if (_stored.Contains(encoded.Links))
            {
                counters.CountFile(FileChange.Unmodified);
                counters.CountProcessed(metadata.SizeInBytes);
                return Task.FromResult<EncodedNode?>(encoded);
            }
            change = FileChange.Changed;
        }
        FileJob job = new(directory, name, change);
        await files.AddAsync(job, metadata.SizeInBytes, cancellationToken).ConfigureAwait(false);
        return job.Result.Task;
    }

    private async Task<EncodedNode?> FinishDirectoryAsync(Node node, Task<BlobId> tree, NodeRemarks remarks)
    {
        node = node with { Subtree = await tree.ConfigureAwait(false), Remarks = node.Remarks | remarks };
        counters.CountDirectory();
        return EncodedNode.Of(node, ring);
    }

    private async Task<BlobId> AssembleAsync(SourceDirectory directory, ChannelReader<Task<EncodedNode?>> entries)
    {
        using (directory)
        {
            TreeListBuilder list = new(TreeBlobType.Nodes, trees.StoreAsync);
            await foreach (Task<EncodedNode?> entry in entries.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                await AddAsync(list, await entry.ConfigureAwait(false)).ConfigureAwait(false);
            }
            return await list.FinishAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<BlobId> AssembleAsync(List<Task<EncodedNode?>> entries)
    {
        TreeListBuilder list = new(TreeBlobType.Nodes, trees.StoreAsync);
        foreach (Task<EncodedNode?> entry in entries)
        {
            await AddAsync(list, await entry.ConfigureAwait(false)).ConfigureAwait(false);
        }
        return await list.FinishAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask AddAsync(TreeListBuilder list, EncodedNode? node)
    {
        if (node is not null)
        {
            await list.AddAsync(node.Encoding, node.Links, node.Name, 1, node.CutValue, cancellationToken).ConfigureAwait(false);
        }
    }

    private PreviousDirectory OpenPrevious(BlobId? before) => new(previous!, previous is null ? null : before, message =>
    {
        if (!_previousIsDamaged)
        {
            _previousIsDamaged = true;
            observer.Notice(new BackupProblem(default, $"The previous snapshot is damaged; files are read again. Run ebla check. ({message})"));
        }
    }, cancellationToken);

    private void Report(ByteName path, string message)
    {
        counters.CountError();
        observer.Problem(new BackupProblem(path, message));
    }

    // Failures of the task itself reach whoever awaits it; here only its end counts.
    private async Task ReleaseAfterAsync(Task task)
    {
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ = _openDirectories.Release();
    }

    private static async Task DisposeAfterAsync(SourceDirectory directory, Task task)
    {
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        directory.Dispose();
    }
}
