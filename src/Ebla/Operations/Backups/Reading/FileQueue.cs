using System.Threading.Channels;
using Ebla.Operations.Backups.Assembly;

namespace Ebla.Operations.Backups.Reading;

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
    public void Complete() => _ = _batches.Writer.TryComplete();
}
