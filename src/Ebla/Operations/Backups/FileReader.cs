using System.Threading.Channels;
using Ebla.FileSystems;
using Ebla.Keys;
using Ebla.Trees;

namespace Ebla.Operations.Backups;

/// <summary>One reading thread: opens files, stores their content, makes their nodes.</summary>
internal sealed class FileReader(
    ContentStore contents, NodeFactory nodes, RingKeys ring, LinkedContents linked, BackupCounters counters, IBackupObserver observer)
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
                try
                {
                    job.Result.SetResult(await ReadAsync(job, cancellationToken).ConfigureAwait(false));
                }
                catch (Exception exception)
                {
                    // The whole backup ends: whoever waits for this file or the next ones of the batch must not wait for ever.
                    foreach (FileJob waiting in batch)
                    {
                        _ = waiting.Result.TrySetException(exception);
                    }
                    throw;
                }
            }
        }
        await contents.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<EncodedNode?> ReadAsync(FileJob job, CancellationToken cancellationToken)
    {
        counters.Begin(job);
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                using SourceFile file = job.Directory.OpenFile(job.Name);
                FileMetadata before = file.Metadata;
                FileContent? known = linked.TryGet(before);
                counters.CountProcessed(known?.SizeInBytes ?? 0);
                FileContent content = known ?? await contents.StoreAsync(file, cancellationToken).ConfigureAwait(false);
                Node node = await nodes.CreateAsync(job.Name, before, file, cancellationToken).ConfigureAwait(false);
                FileMetadata after = file.Stat();
                bool hasChanged = content.SizeInBytes != before.SizeInBytes
                    || after.SizeInBytes != before.SizeInBytes
                    || after.ModifiedTime != before.ModifiedTime
                    || after.ChangedTime != before.ChangedTime;
                if (hasChanged && attempt < ReadsMax)
                {
                    counters.CountProcessed(-content.SizeInBytes);
                    continue;
                }
                if (hasChanged)
                {
                    counters.CountError();
                    observer.Problem(new BackupProblem(file.Path, "changed while it was read; recorded as it came"));
                }
                else
                {
                    linked.Add(before, content);
                }
                counters.CountFile(job.Change);
                node = node with
                {
                    SizeInBytes = content.SizeInBytes,
                    Content = content.Pieces,
                    ContentList = content.List,
                    Remarks = node.Remarks | (hasChanged ? NodeRemarks.ChangedWhileRead : NodeRemarks.None),
                };
                return EncodedNode.Of(node, ring);
            }
        }
        catch (FileSystemException exception)
        {
            BackupProblem problem = new(job.Directory.Path.Join(job.Name), exception.Message);
            if (exception.IsVanished)
            {
                observer.Notice(problem);
            }
            else
            {
                counters.CountError();
                observer.Problem(problem);
            }
            return null;
        }
    }
}
