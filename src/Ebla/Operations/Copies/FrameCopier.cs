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
    private readonly FrameOpener _opener = new(run.Source.Keys);
    private readonly List<WantedBlob> _retries = [];

    /// <summary>Copies what is wanted of a range.</summary>
    public async Task CopyAsync(CopyFetch fetch, WantedBlobs wanted, CancellationToken cancellationToken)
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
        foreach (FrameAddress frame in fetch.Frames)
        {
            cancellationToken.ThrowIfCancellationRequested();
            List<WantedBlob> blobs = wanted.Of(frame);
            FrameLocation location = run.Index.Locate(frame);
            int start = (int)(location.OffsetInPack - fetch.OffsetInPack);
            if (!isRead || !await TryCopyAsync(
                blobs, location.Seal, range.Memory.Slice(start, location.StoredSizeInBytes), cancellationToken).ConfigureAwait(false))
            {
                _retries.AddRange(blobs);
            }
        }
        await RetryAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _opener.Dispose();

    private async ValueTask<bool> TryCopyAsync(
        List<WantedBlob> wanted, FrameSeal seal, ReadOnlyMemory<byte> stored, CancellationToken cancellationToken)
    {
        try
        {
            using RentedBuffer plaintext = _opener.Decrypt(seal, stored.Span);
            if (run.SharesNames && wanted.Count == seal.BlobCount
                && TryDescribe(wanted, seal, plaintext.Span) is { } blobs
                && await run.Session.TryMoveAsync(seal.Kind, blobs, plaintext.Memory, cancellationToken).ConfigureAwait(false))
            {
                run.Counters.CountMoved(blobs.Length);
                run.Counters.CountBlobs(blobs.Length);
                return true;
            }
            using FrameContent content = _opener.Read(seal, plaintext.Span);
            await StoreAsync(wanted, content).ConfigureAwait(false);
            return true;
        }
        catch (CorruptDataException)
        {
            return false;
        }
    }

    // The record that the frame will have; null if one of its blobs is not what it should be, which is then looked at by itself. Trees are
    // always opened: they are little, and all that a snapshot needs hangs on their links.
    private FrameBlob[]? TryDescribe(List<WantedBlob> wanted, FrameSeal seal, ReadOnlySpan<byte> plaintext)
    {
        int[] lengths;
        if (run.OpensAll || seal.Kind == FrameKind.Tree)
        {
            using FrameContent content = _opener.Read(seal, plaintext);
            lengths = new int[content.BlobCount];
            foreach (WantedBlob blob in wanted)
            {
                ReadOnlyMemory<byte> bytes = content.GetBlob(blob.Place);
                if (ProblemOf(blob, bytes) is not null)
                {
                    return null;
                }
                lengths[blob.Place] = bytes.Length;
            }
        }
        else
        {
            lengths = _opener.ReadLengths(seal, plaintext);
        }
        return [.. wanted.Select(blob => new FrameBlob(blob.Id, lengths[blob.Place], run.LinksOf(blob.Ordinal)))];
    }

    private async ValueTask StoreAsync(List<WantedBlob> wanted, FrameContent content)
    {
        foreach (WantedBlob blob in wanted)
        {
            ReadOnlyMemory<byte> bytes = content.GetBlob(blob.Place);
            if (ProblemOf(blob, bytes) is { } problem)
            {
                run.Damaged.AddBlob(blob.Frame, blob.Place, problem);
                _retries.Add(blob);
                continue;
            }
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
        if (blob.Kind != FrameKind.Tree)
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
                    await StoreAsync(blobs, content).ConfigureAwait(false);
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
