using System.Runtime.InteropServices;
using Ebla.Indexing;
using Ebla.Keys;
using Ebla.Operations.Restores.Planning;
using Ebla.Operations.Restores.Writing;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Restores.Fetching;

/// <summary>One worker: opens frames that were fetched, checks them, and hands their chunks to files. Not for concurrent use.</summary>
internal sealed class FrameRestorer(
    Repository repository, BlobIndex index, BlobReader blobs, DamagedCopies damaged, FileWriter files, RestoreCounters counters)
    : IDisposable
{
    private readonly UnlockedKeys _keys = repository.Keys;
    private readonly FrameOpener _opener = new(repository.Keys);
    private readonly List<FilePiece> _retries = [];

    /// <summary>Restores the pieces of a range, whose reading it waits for.</summary>
    public async Task RunAsync(FetchedRange range, CancellationToken cancellationToken)
    {
        bool isRead = false;
        try
        {
            isRead = await range.Reading.ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is CorruptDataException or BackendException)
        {
            // Frame by frame it is tried again, and then what fails is known to be damaged.
        }
        counters.CountFetched(range.Fetch.SizeInBytes);
        RestoreRange(range.Fetch, range.Fetch.Plan.PiecesOf(range.Fetch).Span, isRead ? range.Span : default, cancellationToken);
        await RetryAsync(range.Fetch.Plan, mayDecline: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Restores what was put off, file by file, so that only one is open at a time.</summary>
    public async Task RunDeclinedAsync(RestorePlan plan, CancellationToken cancellationToken)
    {
        foreach (IGrouping<RestoreFile, FilePiece> pieces in plan.Declined.GroupBy(piece => piece.File))
        {
            _retries.AddRange(pieces);
            await RetryAsync(plan, mayDecline: false, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => _opener.Dispose();

    private void RestoreRange(
        FrameFetch fetch, ReadOnlySpan<PlannedPiece> pieces, ReadOnlySpan<byte> range, CancellationToken cancellationToken)
    {
        while (!pieces.IsEmpty)
        {
            cancellationToken.ThrowIfCancellationRequested();
            FrameAddress frame = pieces[0].Frame;
            int count = 1;
            while (count < pieces.Length && pieces[count].Frame == frame)
            {
                count++;
            }
            using FrameContent? content = range.IsEmpty ? null : TryOpen(frame, fetch.OffsetInPack, range);
            if (content is null)
            {
                foreach (PlannedPiece piece in pieces[..count])
                {
                    _retries.Add(piece.Piece);
                }
            }
            else
            {
                Write(content, pieces[..count], fetch.Plan, mayDecline: true);
            }
            pieces = pieces[count..];
        }
    }

    private FrameContent? TryOpen(FrameAddress frame, long rangeStart, ReadOnlySpan<byte> range)
    {
        FrameLocation location = index.Locate(frame);
        try
        {
            int start = (int)(location.OffsetInPack - rangeStart);
            return _opener.Open(location.Seal, range.Slice(start, location.StoredSizeInBytes));
        }
        catch (CorruptDataException)
        {
            return null;
        }
    }

    // The pieces are in the order of their places; a chunk that several files share is checked once.
    private void Write(FrameContent content, ReadOnlySpan<PlannedPiece> pieces, RestorePlan plan, bool mayDecline)
    {
        int checkedPlace = -1;
        BlobId actual = default;
        foreach (ref readonly PlannedPiece planned in pieces)
        {
            FilePiece piece = planned.Piece;
            ReadOnlySpan<byte> blob = planned.Place < content.BlobCount ? content.GetBlob(planned.Place).Span : default;
            if (planned.Place != checkedPlace)
            {
                actual = FrameOpener.IdOf(_keys, content.Kind, blob);
                checkedPlace = planned.Place;
            }
            if (actual != piece.Id)
            {
                damaged.AddBlob(planned.Frame, planned.Place, $"Chunk {piece.Id.ToShortString()} is not what its id says.");
                _retries.Add(piece);
            }
            else if (blob.Length != piece.SizeInBytes)
            {
                files.FailPiece(piece.File, $"The tree says a wrong length of chunk {piece.Id.ToShortString()}.");
            }
            else if (piece.File.IsOnePiece)
            {
                files.WriteWhole(piece.File, blob);
            }
            else if (!files.TryWrite(piece, blob, mayDecline))
            {
                plan.Declined.Enqueue(piece);
            }
        }
    }

    // Frame by frame, from copies of which nothing bad is known, until each piece is restored or has no such copy. Each round ends
    // with pieces done or with copies known to be bad, of which there are finitely many.
    private async Task RetryAsync(RestorePlan plan, bool mayDecline, CancellationToken cancellationToken)
    {
        while (_retries.Count > 0)
        {
            SortedDictionary<FrameAddress, List<PlannedPiece>> frames = [];
            foreach (FilePiece piece in _retries)
            {
                BlobLocation? found = damaged.FindCopy(piece.Id);
                if (found is null)
                {
                    _ = await index.TryGrowAsync(cancellationToken).ConfigureAwait(false);
                    found = damaged.FindCopy(piece.Id); // A prune may have moved it; and it may have grown for somebody else, just before.
                }
                if (found is not { } copy)
                {
                    files.FailPiece(piece.File, damaged.Explain(piece.Id));
                    continue;
                }
                if (!frames.TryGetValue(copy.Frame, out List<PlannedPiece>? pieces))
                {
                    frames.Add(copy.Frame, pieces = []);
                }
                pieces.Add(new PlannedPiece(piece, copy.Frame, copy.Place));
            }
            _retries.Clear();
            foreach ((FrameAddress frame, List<PlannedPiece> pieces) in frames)
            {
                using FrameContent? content = await TryReadAsync(frame, cancellationToken).ConfigureAwait(false);
                if (content is null)
                {
                    _retries.AddRange(pieces.Select(piece => piece.Piece));
                }
                else
                {
                    pieces.Sort((left, right) => left.Place.CompareTo(right.Place));
                    Write(content, CollectionsMarshal.AsSpan(pieces), plan, mayDecline);
                }
            }
        }
    }

    private async Task<FrameContent?> TryReadAsync(FrameAddress frame, CancellationToken cancellationToken)
    {
        try
        {
            counters.CountFetched(index.GetRow(frame).StoredSizeInBytes);
            return await blobs.ReadFrameAsync(frame, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is CorruptDataException or MissingObjectException)
        {
            damaged.AddFrame(frame, exception.Message);
        }
        catch (BackendException exception)
        {
            await StoreFailure.ThrowIfGoneAsync(repository.Backend, exception, cancellationToken).ConfigureAwait(false);
            damaged.AddFrame(frame, exception.Message);
        }
        return null;
    }
}
