using System.Runtime.CompilerServices;
using Ebla.FileSystems;
using Ebla.Operations.Backups.Previous;
using Ebla.Operations.Backups.Selection;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Trees;

namespace Ebla.Operations.Backups.Planning;

/// <summary>Tells what a backup would do. Writes nothing to the repository, and reads no content.</summary>
public static class DryRunOperation
{
    /// <summary>Every entry that the backup would meet, in its order.</summary>
    /// <param name="repository">Where the backup would go; null if there is none yet.</param>
    /// <param name="options">The options of the backup.</param>
    /// <param name="observer">Gets the counters, and what cannot be read.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="SourceException">Nothing would be backed up.</exception>
    public static async IAsyncEnumerable<PlannedEntry> RunAsync(
        Repository? repository, BackupOptions options, IBackupObserver observer,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(observer);
        BackupLog log = new(observer);
        NamedPaths named = NamedPaths.Find(options, log);
        using SnapshotReader? reader = repository is null
            ? null
            : await SnapshotReader.OpenAsync(repository, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<BlobId> roots = reader is null ? [] : FindRoots(reader, options, named);
        PreviousTrees? previous = reader is null ? null : new PreviousTrees(reader.Trees, roots, log, cancellationToken);
        using PlanningWalk walk = new(named.Selection, previous, log, cancellationToken);
        foreach ((ByteName path, SelectionVerdict verdict) in named.LeftOut)
        {
            FileMetadata metadata = SourceDirectory.StatRoot(path);
            yield return new PlannedEntry(
                path, metadata.Type, metadata.Type == FileType.Regular ? metadata.SizeInBytes : 0, PlannedAction.LeftOut)
            {
                Cause = verdict.Cause,
                Rule = verdict.Rule,
            };
        }
        foreach (RootPathTree path in named.Tree.Selected())
        {
            List<TreeEntry> before = [];
            foreach (BlobId root in roots)
            {
                if (await FindNodeAsync(reader!.Trees, root, path.Path, log, cancellationToken).ConfigureAwait(false) is { } node)
                {
                    before.Add(new TreeEntry(node, default));
                }
            }
            PlannedEntry? entry = walk.Begin(path, before);
            while (entry is not null)
            {
                yield return entry;
                entry = await walk.NextAsync().ConfigureAwait(false);
            }
        }
    }

    private static List<BlobId> FindRoots(SnapshotReader reader, BackupOptions options, NamedPaths named)
        => [.. PreviousSnapshots.Find(reader.Snapshots, options.Host ?? LocalMachine.HostName(), SnapshotPaths.Of(named.Taken))
            .Select(stored => stored.Snapshot.Root)];

    private static async Task<Node?> FindNodeAsync(
        TreeReader trees, BlobId root, ByteName path, BackupLog log, CancellationToken cancellationToken)
    {
        try
        {
            return await PreviousNode.FindAsync(trees, root, path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is CorruptDataException or MissingObjectException)
        {
            log.Notice(path, $"The previous snapshot is damaged: all counts as new. ({exception.Message})");
            return null;
        }
    }
}
