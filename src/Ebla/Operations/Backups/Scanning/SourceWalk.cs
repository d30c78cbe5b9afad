using Ebla.FileSystems;
using Ebla.Keys;
using Ebla.Operations.Backups.Assembly;
using Ebla.Operations.Backups.Nodes;
using Ebla.Operations.Backups.Previous;
using Ebla.Operations.Backups.Reading;
using Ebla.Operations.Backups.Selection;
using Ebla.Operations.Backups.Sentinels;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Trees;

namespace Ebla.Operations.Backups.Scanning;

/// <summary>
/// Walks what lies below one selected path, depth first, in one task: decides per entry, hands files that must be read to the readers,
/// and everything else to the assembly of the trees.
/// </summary>
/// <remarks>
/// Its own stack, and descriptors in a bounded number, so a tree may be as deep as it likes. Memory: for each directory on the way down
/// the names and previous nodes of the rest of it; of one without a rest, some 500 bytes.
/// </remarks>
internal sealed class SourceWalk(
    RingKeys ring, NodeFactory nodes, PreviousTrees previous, StoredClosure stored, FileQueue files, TreeAssembly assembly,
    SourceTree tree, EntryChooser chooser, VirtualFileSystems virtualFiles, SentinelChoice sentinel, BackupLog log,
    CancellationToken cancellationToken)
{
    private readonly Stack<WalkLevel> _way = [];
    private int _levelsWithMore;

    /// <summary>Visits a path that the user named, and all below it.</summary>
    /// <param name="parent">The directory that will list it.</param>
    /// <param name="name">Its name there.</param>
    /// <param name="path">What was named.</param>
    /// <param name="parentPath">The path of the directory it is in.</param>
    /// <param name="before">The same entry in previous snapshots.</param>
    public async Task RunAsync(
        PendingDirectory parent, ByteName name, RootPathTree path, ByteName parentPath, IReadOnlyList<TreeEntry> before)
    {
        if (path.TryOpen() is { } directory)
        {
            FileMetadata metadata = directory.Stat();
            Node node = await nodes.CreateAsync(name, metadata, directory, before, cancellationToken).ConfigureAwait(false);
            PendingDirectory pending = assembly.Enter(parent, node);
            await EnterAsync(null, null, path.Path, directory, metadata, pending, previous.Open(before)).ConfigureAwait(false);
            await RunAsync().ConfigureAwait(false);
            return;
        }
        SourceDirectory above = SourceDirectory.OpenWay(parentPath);
        SourcePlace place = tree.Enter(null, above, above.Stat());
        try
        {
            await VisitAsync(null, place, parent, name, before).ConfigureAwait(false);
            await RunAsync().ConfigureAwait(false);
        }
        finally
        {
            tree.Leave(place, returns: false);
        }
    }

    /// <summary>Visits the root of the file system.</summary>
    public async Task RunAtRootAsync(PendingDirectory root, ByteName path)
    {
        SourceDirectory directory = SourceDirectory.OpenRoot(path);
        await EnterAsync(null, null, path, directory, directory.Stat(), root, previous.OpenRoots()).ConfigureAwait(false);
        await RunAsync().ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        try
        {
            while (_way.TryPeek(out WalkLevel? level))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (level.HasMore)
                {
                    await VisitNextAsync(level).ConfigureAwait(false);
                }
                else
                {
                    _ = _way.Pop();
                    await LeaveAsync(level).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            foreach (WalkLevel level in _way)
            {
                await level.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async ValueTask VisitNextAsync(WalkLevel level)
    {
        ByteName name = level.Next();
        IReadOnlyList<TreeEntry> before = await level.Previous.FindAsync(name).ConfigureAwait(false);
        if (!level.HasMore)
        {
            _levelsWithMore--;
            await level.DisposeAsync().ConfigureAwait(false);
        }
        await VisitAsync(level, level.Place, level.Pending, name, before).ConfigureAwait(false);
    }

    private async ValueTask VisitAsync(
        WalkLevel? level, SourcePlace place, PendingDirectory parent, ByteName name, IReadOnlyList<TreeEntry> before)
    {
        SourceDirectory directory;
        try
        {
            directory = tree.Open(place);
        }
        catch (FileSystemException exception)
        {
            log.Problem(place.Path, exception.Message);
            if (level is { HasMore: true })
            {
                _levelsWithMore--;
            }
            level?.GiveUp();
            return;
        }
        if (!NodeCodec.IsValidName(name.Span))
        {
            // Linux has no longer names, but some foreign file systems do.
            log.Problem(directory.Path.Join(name), $"its name is longer than {NodeCodec.NameSizeInBytesMax} bytes");
            return;
        }
        try
        {
            FileMetadata metadata = directory.Stat(name.Span);
            // What was named is decided about before the walk.
            SelectionVerdict verdict = level is null ? SelectionVerdict.Taken : chooser.Decide(level.Scope, directory, name, metadata);
            if (!verdict.IsTaken)
            {
                return;
            }
            switch (metadata.Type)
            {
                case FileType.Directory:
                    await VisitDirectoryAsync(place, level, directory, parent, name, verdict, before).ConfigureAwait(false);
                    break;
                case FileType.Regular:
                    await VisitFileAsync(place, directory, parent, name, metadata, before).ConfigureAwait(false);
                    break;
                default:
                    await VisitOtherAsync(directory, parent, name, metadata, before).ConfigureAwait(false);
                    break;
            }
        }
        catch (FileSystemException exception)
        {
            log.Failure(directory.Path.Join(name), exception);
        }
    }

    private async ValueTask VisitDirectoryAsync(
        SourcePlace place, WalkLevel? level, SourceDirectory directory, PendingDirectory parent, ByteName name,
        SelectionVerdict verdict, IReadOnlyList<TreeEntry> before)
    {
        if (!tree.HasRoom)
        {
            // Too many directories are kept open by files that wait for their readers.
            await files.FlushAsync(cancellationToken).ConfigureAwait(false);
            await tree.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
        }
        SourceDirectory below = directory.OpenDirectory(name);
        FileMetadata metadata;
        Node node;
        try
        {
            metadata = below.Stat();
            node = await nodes.CreateAsync(name, metadata, below, before, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            below.Dispose();
            throw;
        }
        PendingDirectory pending = assembly.Enter(parent, node);
        if (verdict.IsEmptied)
        {
            below.Dispose();
            await ReserveAsync().ConfigureAwait(false);
            assembly.Leave(pending, NodeRemarks.None);
            return;
        }
        await EnterAsync(place, level?.Scope, name, below, metadata, pending, previous.Open(before)).ConfigureAwait(false);
    }

    // Takes ownership of the directory. Its name is the whole path if it was named.
    private async ValueTask EnterAsync(
        SourcePlace? parent, SelectionScope? above, ByteName name, SourceDirectory directory, FileMetadata metadata,
        PendingDirectory pending, PreviousDirectories then)
    {
        SourcePlace place = tree.Enter(parent, directory, metadata);
        try
        {
            DirectoryListing names = directory.ReadNames();
            WalkLevel level = new(place, pending, names, then, chooser.Enter(above, name, directory, metadata, names));
            _levelsWithMore += level.HasMore ? 1 : 0;
            _way.Push(level);
        }
        catch (FileSystemException exception)
        {
            // Its names cannot be read, but that it was there can be kept.
            log.Problem(place.Path, exception.Message);
            await then.DisposeAsync().ConfigureAwait(false);
            tree.Leave(place, returns: false);
            await ReserveAsync().ConfigureAwait(false);
            assembly.Leave(pending, NodeRemarks.Incomplete);
        }
    }

    private async ValueTask LeaveAsync(WalkLevel level)
    {
        await level.DisposeAsync().ConfigureAwait(false);
        tree.Leave(level.Place, returns: _levelsWithMore > 0);
        await ReserveAsync().ConfigureAwait(false);
        assembly.Leave(level.Pending, level.Remarks);
    }

    private async ValueTask VisitFileAsync(
        SourcePlace place, SourceDirectory directory, PendingDirectory parent, ByteName name, FileMetadata metadata,
        IReadOnlyList<TreeEntry> before)
    {
        FileChange change = before.Count == 0 ? FileChange.New : FileChange.Changed;
        bool isVirtual = virtualFiles.Hold(directory, metadata);
        if (isVirtual && VirtualFileSystems.IsNotForReading(metadata))
        {
            log.Counters.CountFile(change);
            await ReserveAsync().ConfigureAwait(false);
            assembly.Add(parent, EncodedNode.Of(nodes.Create(name, metadata), ring));
            return;
        }
        TreeEntry? unmodified = null;
        foreach (TreeEntry entry in before)
        {
            if (!isVirtual && FileChanges.Decide(metadata, entry.Node) == FileChange.Unmodified)
            {
                EncodedNode encoded = EncodedNode.Of(entry.Node, entry.Encoding, ring);
                if (stored.Contains(encoded.Links))
                {
                    if (metadata.SizeInBytes > 0 && sentinel.Includes(metadata.Inode))
                    {
                        unmodified = entry;
                        break;
                    }
                    log.Counters.CountFile(FileChange.Unmodified);
                    log.Counters.CountProcessed(metadata.SizeInBytes);
                    await ReserveAsync().ConfigureAwait(false);
                    assembly.Add(parent, encoded);
                    return;
                }
            }
        }
        FileJob job = new(tree.Retain(place), name, change, unmodified, parent, (done, node) =>
        {
            tree.Release(place);
            assembly.Finish(done, node);
        });
        await ReserveAsync().ConfigureAwait(false);
        assembly.AddFile(job);
        await files.AddAsync(job, metadata.SizeInBytes, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask VisitOtherAsync(
        SourceDirectory directory, PendingDirectory parent, ByteName name, FileMetadata metadata, IReadOnlyList<TreeEntry> before)
    {
        ByteName target = metadata.Type == FileType.SymbolicLink ? directory.ReadLink(name) : default;
        if (metadata.Type == FileType.SymbolicLink && !NodeCodec.IsValidLinkTarget(target.Span))
        {
            log.Problem(directory.Path.Join(name), $"a link target of {target.Length} bytes cannot be kept");
            return;
        }
        Node node = await nodes.CreateEntryAsync(directory, name, metadata, before, cancellationToken).ConfigureAwait(false);
        node = node with { LinkTarget = target };
        log.Counters.CountOther();
        await ReserveAsync().ConfigureAwait(false);
        assembly.Add(parent, EncodedNode.Of(node, ring));
    }

    private async ValueTask ReserveAsync()
    {
        if (!assembly.TryReserve())
        {
            // Everything waits for files that are still to be read: hand them all over.
            await files.FlushAsync(cancellationToken).ConfigureAwait(false);
            await assembly.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
