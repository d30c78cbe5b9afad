using System.Threading.Channels;
using Ebla.FileSystems;
using Ebla.Keys;
using Ebla.Operations.Backups.Assembly;
using Ebla.Operations.Backups.Nodes;
using Ebla.Operations.Backups.Previous;
using Ebla.Operations.Backups.Sentinels;
using Ebla.Operations.Backups.Storing;
using Ebla.Primitives;
using Ebla.Trees;

namespace Ebla.Operations.Backups.Reading;

/// <summary>One reading thread: opens files, stores their content, makes their nodes.</summary>
internal sealed class FileReader(
    ContentStore contents, NodeFactory nodes, RingKeys ring, LinkedContents linked, RotSentinel sentinel, VirtualFileSystems virtualFiles,
    BackupLog log)
{
    // A file that changes under the reader is read so often before it is recorded as it came.
    private const int ReadsMax = 2;

    /// <summary>Reads files until there are no more.</summary>
    public async Task RunAsync(ChannelReader<List<FileJob>> batches, CancellationToken cancellationToken)
    {
        await foreach (List<FileJob> batch in batches.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            foreach (FileJob job in batch)
            {
                job.Complete(await ReadAsync(job, cancellationToken).ConfigureAwait(false));
            }
        }
        await contents.FlushAsync().ConfigureAwait(false);
    }

    private async ValueTask<EncodedNode?> ReadAsync(FileJob job, CancellationToken cancellationToken)
    {
        log.Counters.Begin(job);
        SentinelFinding finding = SentinelFinding.Unknown;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                if (job.Unmodified is { } entry && attempt == 1)
                {
                    finding = await sentinel.InspectAsync(job, entry.Node, cancellationToken).ConfigureAwait(false);
                    if (finding == SentinelFinding.Same)
                    {
                        log.Counters.CountFile(FileChange.Unmodified);
                        log.Counters.CountProcessed(entry.Node.SizeInBytes);
                        return EncodedNode.Of(entry.Node, entry.Encoding, ring);
                    }
                }
                using SourceFile file = job.Directory.OpenFile(job.Name);
                if (await ReadAsync(job, file, isLast: attempt == ReadsMax, cancellationToken).ConfigureAwait(false) is { } node)
                {
                    if (finding == SentinelFinding.Rotten
                        && FileChanges.Decide(file.Stat(), job.Unmodified!.Value.Node) == FileChange.Unmodified)
                    {
                        await sentinel.AlarmAsync(RotKind.Changed, file.Path, job.Unmodified!.Value.Node, "", cancellationToken)
                            .ConfigureAwait(false);
                    }
                    return node;
                }
            }
            catch (FileSystemException exception)
            {
                if (exception.IsVanished && attempt < ReadsMax && TypeNow(job) == FileType.Regular)
                {
                    continue; // Another file was put in its place.
                }
                Report(job, exception);
                return null;
            }
        }
    }

    // The node; null if the file changed under the reader and may be read again.
    private async ValueTask<EncodedNode?> ReadAsync(FileJob job, SourceFile file, bool isLast, CancellationToken cancellationToken)
    {
        if (virtualFiles.Hold(file, file.Metadata))
        {
            return await ReadVirtualAsync(job, file, cancellationToken).ConfigureAwait(false);
        }
        bool isSettled = await file.SettleAsync(cancellationToken).ConfigureAwait(false);
        FileMetadata before = file.Metadata;
        // First, since bytes that were read count at once, and attributes may turn out to be unreadable.
        Node node = await nodes.CreateAsync(job.Name, before, file, cancellationToken).ConfigureAwait(false);
        FileContent? known = linked.TryGet(before);
        log.Counters.CountProcessed(known?.SizeInBytes ?? 0);
        FileContent content = known ?? await contents.StoreAsync(file, cancellationToken).ConfigureAwait(false);
        FileMetadata after = file.Stat();
        bool hasChanged = !isSettled
            || content.SizeInBytes != before.SizeInBytes
            || after.SizeInBytes != before.SizeInBytes
            || after.ModifiedTime != before.ModifiedTime
            || after.ChangedTime != before.ChangedTime;
        if (hasChanged && !isLast)
        {
            log.Counters.CountProcessed(-content.SizeInBytes);
            return null;
        }
        if (hasChanged)
        {
            log.Problem(file.Path, "changed while it was read; recorded as it came");
        }
        else
        {
            linked.Add(before, content);
        }
        return Finish(job, node, content, hasChanged ? NodeRemarks.ChangedWhileRead : NodeRemarks.None);
    }

    private async ValueTask<EncodedNode?> ReadVirtualAsync(FileJob job, SourceFile file, CancellationToken cancellationToken)
    {
        if (virtualFiles.IsTakenByReading(file, file.Metadata, job.Name))
        {
            throw FileSystemException.Refused("read", file.Path, "what is read of it is lost to the programs that wait for it");
        }
        using MemoryStream stream = await VirtualFile.ReadAsync(file, cancellationToken).ConfigureAwait(false);
        FileContent content = await contents.StoreAsync(new SourceStream(stream), cancellationToken).ConfigureAwait(false);
        return Finish(job, nodes.Create(job.Name, file.Metadata), content, NodeRemarks.None);
    }

    private EncodedNode Finish(FileJob job, Node node, FileContent content, NodeRemarks remarks)
    {
        log.Counters.CountFile(job.Change);
        node = node with
        {
            SizeInBytes = content.SizeInBytes,
            Content = content.Pieces,
            ContentList = content.List,
            Remarks = node.Remarks | remarks,
        };
        return EncodedNode.Of(node, ring);
    }

    private void Report(FileJob job, FileSystemException exception)
    {
        ByteName path = job.Directory.Path.Join(job.Name);
        if (exception.IsVanished && TypeNow(job) is { } type)
        {
            log.Problem(path, type == FileType.Regular
                ? exception.Message
                : "was replaced by something else while it was backed up; left out of this snapshot, the next one will have it");
        }
        else
        {
            log.Failure(path, exception);
        }
    }

    private static FileType? TypeNow(FileJob job)
    {
        try
        {
            return job.Directory.Stat(job.Name.Span).Type;
        }
        catch (FileSystemException)
        {
            return null;
        }
    }
}
