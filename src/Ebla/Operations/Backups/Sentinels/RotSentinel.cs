using Ebla.FileSystems;
using Ebla.Operations.Backups.Assembly;
using Ebla.Operations.Backups.Previous;
using Ebla.Operations.Backups.Storing;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Trees;

namespace Ebla.Operations.Backups.Sentinels;

/// <summary>
/// Reads unmodified files again and compares them with the previous snapshot: a disk that answers with other bytes than it was given
/// tells nobody of it.
/// </summary>
internal sealed class RotSentinel(
    ContentComparer comparer, TreeReader trees, IReadOnlyList<StoredSnapshot> previous, LinkedContents linked, BackupLog log)
{
    /// <summary>Reads a file and compares it. If it is rotten the caller reads it anew, and then calls <see cref="AlarmAsync"/>.</summary>
    /// <exception cref="FileSystemException">The file vanished, or is another now.</exception>
    public async ValueTask<SentinelFinding> InspectAsync(FileJob job, Node node, CancellationToken cancellationToken)
    {
        try
        {
            using SourceFile file = job.Directory.OpenFile(job.Name);
            return await InspectAsync(file, node, cancellationToken).ConfigureAwait(false);
        }
        catch (FileSystemException exception) when (exception.IsNotPermitted)
        {
            return SentinelFinding.Same; // Another user backed it up; this one takes it over, as always.
        }
        catch (FileSystemException exception) when (!exception.IsVanished)
        {
            await AlarmAsync(
                RotKind.Unreadable, job.Directory.Path.Join(job.Name), node, exception.Message, cancellationToken).ConfigureAwait(false);
            return SentinelFinding.Same;
        }
    }

    /// <summary>Tells that a file is no longer what the node of the previous snapshot says.</summary>
    public async ValueTask AlarmAsync(RotKind kind, ByteName path, Node node, string message, CancellationToken cancellationToken)
    {
        log.Counters.CountRotAlarm();
        ObjectId snapshot = await FindSnapshotAsync(path, node, cancellationToken).ConfigureAwait(false);
        log.RotFound(new RotAlarm(kind, path, snapshot, message));
    }

    private async ValueTask<SentinelFinding> InspectAsync(SourceFile file, Node node, CancellationToken cancellationToken)
    {
        if (FileChanges.Decide(file.Metadata, node) != FileChange.Unmodified)
        {
            return SentinelFinding.Unknown;
        }
        if (linked.TryGet(file.Metadata) is { } known && known.IsOf(node))
        {
            return SentinelFinding.Same; // Read just now, under another name.
        }
        try
        {
            bool isSame = await IsSameAsync(file, node, cancellationToken).ConfigureAwait(false);
            log.Counters.CountSentinel(node.SizeInBytes);
            if (!isSame && FileChanges.Decide(file.Stat(), node) == FileChange.Unmodified)
            {
                if (!await IsSameAsync(file, node, cancellationToken).ConfigureAwait(false))
                {
                    return FileChanges.Decide(file.Stat(), node) == FileChange.Unmodified ? SentinelFinding.Rotten : SentinelFinding.Unknown;
                }
                await AlarmAsync(RotKind.Passing, file.Path, node, "", cancellationToken).ConfigureAwait(false);
                isSame = true;
            }
            if (isSame)
            {
                linked.Add(file.Metadata, FileContent.Of(node));
            }
            return isSame ? SentinelFinding.Same : SentinelFinding.Unknown;
        }
        catch (Exception exception) when (exception is CorruptDataException or MissingObjectException)
        {
            log.Notice(file.Path, $"is read anew, since its previous content cannot be looked up: {exception.Message}");
            return SentinelFinding.Unknown;
        }
    }

    private async ValueTask<bool> IsSameAsync(SourceFile file, Node node, CancellationToken cancellationToken)
    {
        // What is in memory may be right while the disk is not, or the other way round.
        file.ForgetCached();
        return await comparer.AreEqualAsync(file, node, cancellationToken).ConfigureAwait(false);
    }

    // Of several previous snapshots the first is compared with; but not every one has every file.
    private async ValueTask<ObjectId> FindSnapshotAsync(ByteName path, Node node, CancellationToken cancellationToken)
    {
        foreach (StoredSnapshot stored in previous.SkipLast(1))
        {
            try
            {
                Node? found = await PreviousNode.FindAsync(trees, stored.Snapshot.Root, path, cancellationToken).ConfigureAwait(false);
                if (found is not null && FileContent.Of(found).IsOf(node))
                {
                    return stored.Id;
                }
            }
            catch (Exception exception) when (exception is CorruptDataException or MissingObjectException)
            {
                log.Notice(path, $"cannot be looked up in snapshot {stored.Id.ToShortString()}: {exception.Message}");
            }
        }
        return previous[^1].Id;
    }
}
