using System.Threading.Channels;
using Ebla.Backends;
using Ebla.Indexing;
using Ebla.Operations.Restores.Planning;
using Ebla.Primitives;

namespace Ebla.Operations.Restores.Fetching;

/// <summary>
/// Reads ranges of packs ahead of the workers that open them: on a line of 50 ms, each as long as it likes to travel, as many must be on
/// their way as fit between one answer and the next.
/// </summary>
internal sealed class RangeFetcher(IBackend backend, BlobIndex index) : IDisposable
{
    /// <summary>Ranges under way or waiting.</summary>
    /// <value>16: where frames lie scattered, ranges are some hundred KiB.</value>
    private const int RangesMax = 16;

    // 24 MiB under way fill a line of 50 ms and 480 MiB/s.
    private const int UnitSizeInBytes = 1 << 20;
    private const int UnitsMax = 24;

    private readonly SemaphoreSlim _units = new(UnitsMax);
    private readonly Channel<FetchedRange> _ranges = Channel.CreateBounded<FetchedRange>(RangesMax);

    /// <summary>What is read, in the order in which it was asked for.</summary>
    public ChannelReader<FetchedRange> Ranges => _ranges.Reader;

    /// <summary>Runs until there is nothing more to fetch.</summary>
    public async Task RunAsync(ChannelReader<FrameFetch> fetches, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (FrameFetch fetch in fetches.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                int units = Math.Clamp((fetch.SizeInBytes + UnitSizeInBytes - 1) / UnitSizeInBytes, 1, UnitsMax);
                for (int i = 0; i < units; i++)
                {
                    await _units.WaitAsync(cancellationToken).ConfigureAwait(false);
                }
                RentedBuffer buffer = new(fetch.SizeInBytes);
                FetchedRange range = new(fetch, buffer, ReadAsync(fetch, buffer, cancellationToken), () => _units.Release(units));
                // Never full for long: the workers take one after the other. If they have stopped, it is disposed of with the rest.
                if (!_ranges.Writer.TryWrite(range))
                {
                    await WriteAsync(range, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            _ = _ranges.Writer.TryComplete();
        }
    }

    /// <summary>Waits for what is still being read although nobody wants it any more. After the workers have ended.</summary>
    public async Task DrainAsync()
    {
        while (_ranges.Reader.TryRead(out FetchedRange? range))
        {
            await EndAsync(range).ConfigureAwait(false);
        }
    }

    public void Dispose() => _units.Dispose();

    private async Task WriteAsync(FetchedRange range, CancellationToken cancellationToken)
    {
        try
        {
            await _ranges.Writer.WriteAsync(range, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await EndAsync(range).ConfigureAwait(false);
            throw;
        }
    }

    // Its buffer is written to until then.
    private static async Task EndAsync(FetchedRange range)
    {
        await ((Task)range.Reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        range.Dispose();
    }

    private async Task<bool> ReadAsync(FrameFetch fetch, RentedBuffer buffer, CancellationToken cancellationToken)
    {
        // With the hash of what is asked for, a mirror can choose and heal. Of several frames together there is none.
        (FrameAddress first, FrameAddress last) = fetch.Plan.FramesOf(fetch);
        Hash256? expected = first == last ? index.GetRow(first).CiphertextHash : null;
        return await backend.GetAsync(
            new ObjectName(ObjectKind.Pack, fetch.Pack), fetch.OffsetInPack, buffer.Memory, expected, cancellationToken)
            .ConfigureAwait(false);
    }
}
