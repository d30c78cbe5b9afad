using Ebla.Indexing;
using Ebla.Operations.Checks;
using Ebla.Operations.Restores;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Trees;

namespace Ebla.Operations.Copies;

/// <summary>
/// One worker: fetches frames of the source, checks them, and hands them to the destination's session: as they are where all of a frame is
/// needed and ids agree, else blob by blob. Not for concurrent use.
/// </summary>
internal sealed class FrameCopier(CopyRun run) : IDisposable
{
    // What waits for its turn takes no more than this, and one frame.
    private const int OpenedSizeInBytesMax = 8 << 20;

    private readonly FrameOpener _opener = new(run.Source.Keys);
    private readonly List<WantedBlob> _retries = [];

    /// <summary>Copies what is wanted of a range.</summary>
    /// <param name="fetch">The range.</param>
    /// <param name="wanted">What is wanted.</param>
    /// <param name="turn">Nothing is handed over before this is complete; some of it is opened until then.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task CopyAsync(CopyFetch fetch, WantedBlobs wanted, Task turn, CancellationToken cancellationToken)
    {
        // With the hash of what is asked for, a mirror can choose and heal. Of several frames together there is none.
        Hash256? expected = fetch.Frames.Count == 1 ? run.Index.GetRow(fetch.Frames[0]).CiphertextHash : null;
        using RentedBuffer range = new(fetch.SizeInBytes);
        bool isRead = false;
        try
        {
            isRead = await run.Source.Backend.GetAsync(
                new ObjectName(ObjectKind.Pack, fetch.Pack), fetch.OffsetInPack, range.Memory, expected, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is CorruptDataException or BackendException)
        {
            // Frame by frame it is tried again, and then what fails is known to be damaged.
        }
        run.Counters.CountRead(fetch.SizeInBytes);
        Queue<PreparedFrame> prepared = [];
        long openedSizeInBytes = 0;
        try
        {
            foreach (FrameAddress frame in fetch.Frames)
            {
                cancellationToken.ThrowIfCancellationRequested();
                List<WantedBlob> blobs = wanted.Of(frame);
                FrameLocation location = run.Index.Locate(frame);
                int start = (int)(location.OffsetInPack - fetch.OffsetInPack);
                PreparedFrame next = isRead
                    ? Prepare(blobs, location.Seal, range.Span.Slice(start, location.StoredSizeInBytes))
                    : new PreparedFrame(blobs, location.Seal);
                prepared.Enqueue(next);
                openedSizeInBytes += next.SizeInBytes;
                if (turn.IsCompletedSuccessfully || openedSizeInBytes > OpenedSizeInBytesMax)
                {
                    await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
                    await HandOverAsync(prepared, cancellationToken).ConfigureAwait(false);
                    openedSizeInBytes = 0;
                }
            }
            await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
            await HandOverAsync(prepared, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            foreach (PreparedFrame frame in prepared)
            {
                frame.Dispose();
            }
        }
        await RetryAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _opener.Dispose();

    private PreparedFrame Prepare(List<WantedBlob> wanted, FrameSeal seal, ReadOnlySpan<byte> stored)
    {
        RentedBuffer? plaintext = null;
        FrameContent? content = null;
        try
        {
            plaintext = _opener.Decrypt(seal, stored);
            bool isWhole = run.SharesNames && wanted.Count == seal.BlobCount;
            // Trees are opened that come from elsewhere: they are little, and all that a snapshot needs hangs on their links.
            if (isWhole && !run.OpensAll && (seal.Kind != FrameKind.Tree || run.Options.IsMove))
            {
                FrameBlob[] blobs = Describe(wanted, _opener.ReadLengths(seal, plaintext.Span));
                return new PreparedFrame(wanted, seal) { Whole = blobs, Plaintext = Take(ref plaintext) };
            }
            content = _opener.Read(seal, plaintext.Span);
            string?[] problems = ProblemsOf(wanted, content);
            if (isWhole && Array.TrueForAll(problems, static problem => problem is null))
            {
                int[] lengths = [.. Enumerable.Range(0, content.BlobCount).Select(place => content.GetBlob(place).Length)];
                return new PreparedFrame(wanted, seal) { Whole = Describe(wanted, lengths), Plaintext = Take(ref plaintext) };
            }
            return new PreparedFrame(wanted, seal) { Content = Take(ref content), Problems = problems };
        }
        catch (CorruptDataException)
        {
            return new PreparedFrame(wanted, seal);
        }
        finally
        {
            plaintext?.Dispose();
            content?.Dispose();
        }
    }

    private static T? Take<T>(ref T? value)
        where T : class
    {
        T? taken = value;
        value = null;
        return taken;
    }

    // The record that the frame will have.
    private FrameBlob[] Describe(List<WantedBlob> wanted, int[] lengths)
        => [.. wanted.Select(blob => new FrameBlob(blob.Id, lengths[blob.Place], run.LinksOf(blob.Ordinal)))];

    private string?[] ProblemsOf(List<WantedBlob> wanted, FrameContent content)
        => [.. wanted.Select(blob => ProblemOf(blob, content.GetBlob(blob.Place)))];

    private async ValueTask HandOverAsync(Queue<PreparedFrame> prepared, CancellationToken cancellationToken)
    {
        while (prepared.TryPeek(out PreparedFrame? frame))
        {
            await HandOverAsync(frame, cancellationToken).ConfigureAwait(false);
            prepared.Dequeue().Dispose();
        }
    }

    private async ValueTask HandOverAsync(PreparedFrame frame, CancellationToken cancellationToken)
    {
        if (frame.Content is { } content)
        {
            await StoreAsync(frame.Wanted, content, frame.Problems).ConfigureAwait(false);
        }
        else if (frame.Whole is not { } whole)
        {
            _retries.AddRange(frame.Wanted);
        }
        else if (await run.Session.TryMoveAsync(frame.Seal.Kind, whole, frame.Plaintext!.Memory, cancellationToken).ConfigureAwait(false))
        {
            run.Counters.CountMoved(whole.Length);
            run.Counters.CountBlobs(whole.Length);
        }
        else if (TryOpen(frame) is { } opened)
        {
            // One of its blobs is stored or claimed by now.
            using (opened)
            {
                await StoreAsync(frame.Wanted, opened, ProblemsOf(frame.Wanted, opened)).ConfigureAwait(false);
            }
        }
        else
        {
            _retries.AddRange(frame.Wanted);
        }
    }

    private FrameContent? TryOpen(PreparedFrame frame)
    {
        try
        {
            return _opener.Read(frame.Seal, frame.Plaintext!.Span);
        }
        catch (CorruptDataException)
        {
            return null;
        }
    }

    private async ValueTask StoreAsync(List<WantedBlob> wanted, FrameContent content, string?[] problems)
    {
        for (int i = 0; i < wanted.Count; i++)
        {
            WantedBlob blob = wanted[i];
            if (problems[i] is { } problem)
            {
                run.Damaged.AddBlob(blob.Frame, blob.Place, problem);
                _retries.Add(blob);
                continue;
            }
            ReadOnlyMemory<byte> bytes = content.GetBlob(blob.Place);
            BlobId id = blob.Id;
            if (run.Map is { } map)
            {
                id = FrameOpener.IdOf(run.Destination.Keys, blob.Kind, bytes.Span);
                map.Add(blob.Ordinal, id, bytes.Length);
            }
            FrameGatherer frames = blob.Kind == FrameKind.Tree ? run.Trees : run.Files;
            if (await frames.AddAsync(id, bytes, run.LinksOf(blob.Ordinal)).ConfigureAwait(false))
            {
                run.Counters.CountBlobs(1);
            }
        }
    }

    private string? ProblemOf(WantedBlob blob, ReadOnlyMemory<byte> bytes)
    {
        if (FrameOpener.IdOf(run.Source.Keys, blob.Kind, bytes.Span) != blob.Id)
        {
            return $"Blob {blob.Id.ToShortString()} is not what its id says.";
        }
        if (blob.Kind != FrameKind.Tree || run.Options.IsMove)
        {
            return null;
        }
        try
        {
            return TreeLinks.Of(TreeBlobCodec.Decode(bytes)).SetEquals(run.LinksOf(blob.Ordinal))
                ? null
                : $"Tree blob {blob.Id.ToShortString()} refers to other blobs than its links say.";
        }
        catch (CorruptDataException exception)
        {
            return exception.Message;
        }
        catch (UnsupportedFormatException)
        {
            return null; // Of a newer version, which will know what to do with it.
        }
    }

    // Frame by frame, from copies of which nothing bad is known, until each blob is copied or has no such copy. Each round ends with
    // blobs done or with copies known to be bad, of which there are finitely many.
    private async Task RetryAsync(CancellationToken cancellationToken)
    {
        while (_retries.Count > 0)
        {
            SortedDictionary<FrameAddress, List<WantedBlob>> frames = [];
            foreach (WantedBlob blob in _retries)
            {
                if (run.Damaged.FindCopy(blob.Id) is not { } copy)
                {
                    run.Counters.CountLost();
                    run.Walk.Lose(ShortId.Of(blob.Id), run.Damaged.Explain(blob.Id));
                    continue;
                }
                if (!frames.TryGetValue(copy.Frame, out List<WantedBlob>? blobs))
                {
                    frames.Add(copy.Frame, blobs = []);
                }
                blobs.Add(blob with { Frame = copy.Frame, Place = copy.Place });
            }
            _retries.Clear();
            foreach ((FrameAddress frame, List<WantedBlob> blobs) in frames)
            {
                using FrameContent? content = await TryReadAsync(frame, cancellationToken).ConfigureAwait(false);
                if (content is null)
                {
                    _retries.AddRange(blobs);
                }
                else
                {
                    await StoreAsync(blobs, content, ProblemsOf(blobs, content)).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task<FrameContent?> TryReadAsync(FrameAddress frame, CancellationToken cancellationToken)
    {
        try
        {
            run.Counters.CountRead(run.Index.GetRow(frame).StoredSizeInBytes);
            return await run.Blobs.ReadFrameAsync(frame, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is CorruptDataException or MissingObjectException)
        {
            run.Damaged.AddFrame(frame, exception.Message);
        }
        catch (BackendException exception)
        {
            await StoreFailure.ThrowIfGoneAsync(run.Source.Backend, exception, cancellationToken).ConfigureAwait(false);
            run.Damaged.AddFrame(frame, exception.Message);
        }
        return null;
    }
}
