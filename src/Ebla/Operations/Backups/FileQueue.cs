using System.Threading.Channels;

namespace Ebla.Operations.Backups;

/// <summary>Hands files to the readers in batches of neighbours, so that what lies together is stored together.</summary>
internal sealed class FileQueue
{
    private const int BatchFilesMax = 64;

    private readonly Channel<List<FileJob>> _batches;
    private readonly long _batchSizeInBytes;
    private List<FileJob> _open = [];
    private long _openSizeInBytes;

    public FileQueue(int readerCount, long batchSizeInBytes)
    {
        _batchSizeInBytes = batchSizeInBytes;
        _batches = Channel.CreateBounded<List<FileJob>>(2 * readerCount);
    }

    public ChannelReader<List<FileJob>> Batches => _batches.Reader;

    /// <summary>Adds a file; waits while the readers are behind. Not for concurrent use.</summary>
    public async ValueTask AddAsync(FileJob job, long sizeInBytes, CancellationToken cancellationToken)
    {
        _open.Add(job);
        _openSizeInBytes += sizeInBytes;
        if (_openSizeInBytes >= _batchSizeInBytes || _open.Count == BatchFilesMax)
        {
            await FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Hands over the open batch: before waiting for any file in it.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_open.Count > 0)
        {
            List<FileJob> batch = _open;
            (_open, _openSizeInBytes) = ([], 0);
            await _batches.Writer.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>No more files come.</summary>
    public void Complete(Exception? error = null) => _ = _batches.Writer.TryComplete(error);

    /// <summary>After a failure, when nobody reads or adds any more: whoever waits for a file that was not read must not wait for ever.</summary>
    public void Abandon()
    {
        OperationCanceledException reason = new("The backup ended before this file was read.");
        List<FileJob> batch = _open;
        do
        {
            batch.ForEach(job => job.Result.TrySetException(reason));
        }
        while (_batches.Reader.TryRead(out batch!));
    }
}
