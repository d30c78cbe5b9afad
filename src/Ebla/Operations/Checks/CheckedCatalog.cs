using Ebla.Backends;
using Ebla.Hashing;
using Ebla.Indexing;
using Ebla.Keys;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Checks;

/// <summary>
/// The catalog as the store has it: every segment is read anew, the cache is not believed. All copies of all blobs are in the
/// index, also those in packs that are gone; which of them are bad is kept beside it.
/// </summary>
/// <remarks>Memory: about 150 bytes per pack and one bit per blob.</remarks>
internal sealed class CheckedCatalog : IDisposable
{
    private const long BytesPerRun = 16 << 20;

    private readonly Repository _repository;
    private readonly CheckReport _report;
    private readonly CheckCounters _counters;
    private readonly CatalogCache _folder;
    private readonly Lock _lock = new();
    private readonly List<ObjectId> _runSegments = [];
    private readonly List<IndexedPack> _runPacks = [];
    private List<IndexRun> _runs = [];
    private long _runBytes;
    private VisitedBlobs _bad = new(0);

    private CheckedCatalog(Repository repository, CheckReport report, CheckCounters counters)
    {
        _repository = repository;
        _report = report;
        _counters = counters;
        _folder = CatalogCache.Open(null, repository.Id);
    }

    /// <summary>All copies of all blobs, whole or not.</summary>
    public BlobIndex Index { get; } = new();

    /// <summary>Every pack that is listed or named.</summary>
    public Dictionary<ObjectId, PackFacts> Packs { get; } = [];

    /// <summary>Packs that no segment names and that are not whole, each with what is wrong.</summary>
    public List<(ObjectName Name, string Message)> Torn { get; } = [];

    /// <summary>Whether any copy is bad.</summary>
    public bool HasBad { get; private set; }

    /// <summary>
    /// Segments first and packs after them: what a segment names was durable before it. The snapshots must have been read before.
    /// </summary>
    public static async Task<CheckedCatalog> LoadAsync(
        Repository repository, CheckReport report, CheckCounters counters, CancellationToken cancellationToken)
    {
        CheckedCatalog catalog = new(repository, report, counters);
        try
        {
            await catalog.ReadSegmentsAsync(cancellationToken).ConfigureAwait(false);
            await catalog.ListPacksAsync(cancellationToken).ConfigureAwait(false);
            await catalog.ReadUnnamedAsync(cancellationToken).ConfigureAwait(false);
            catalog.Complete();
            return catalog;
        }
        catch
        {
            catalog._runs.ForEach(run => run.Dispose());
            catalog._folder.Close();
            throw;
        }
    }

    /// <summary>The pack of an entry.</summary>
    public ObjectId PackOf(CatalogEntry entry) => Index.Runs[entry.Frame.Run].GetPackId(entry.Row.Pack);

    /// <summary>Whether the copy's bytes are known to be missing or wrong.</summary>
    public bool IsBad(long ordinal) => HasBad && _bad.Contains(ordinal);

    /// <summary>Marks the copies that lie in a frame.</summary>
    public void MarkBad(ObjectId pack, FrameRecord record, long offsetInPack)
    {
        for (int place = 0; place < record.BlobCount; place++)
        {
            BlobId id = record.GetBlobId(place);
            foreach (long ordinal in Index.FindOrdinals(ShortId.Of(id)))
            {
                CatalogEntry entry = Index.GetEntry(ordinal);
                if (entry.Id == id && entry.Row.OffsetInPack == offsetInPack && PackOf(entry) == pack)
                {
                    MarkBad(ordinal);
                }
            }
        }
    }

    /// <summary>Marks the copies that lie in packs which are not whole.</summary>
    public void MarkBadPacks(Func<ObjectId, bool> isBad)
    {
        IReadOnlyList<IndexRun> runs = Index.Runs;
        bool[][] bad =
            [.. runs.Select(run => Enumerable.Range(0, run.PackCount).Select(pack => isBad(run.GetPackId(pack))).ToArray())];
        for (long ordinal = 0; ordinal < Index.EntryCount; ordinal++)
        {
            CatalogEntry entry = Index.GetEntry(ordinal);
            if (bad[entry.Frame.Run][entry.Row.Pack])
            {
                MarkBad(ordinal);
            }
        }
    }

    /// <summary>The directory of a pack as the index has it; null if no segment names the pack.</summary>
    public async Task<PackDirectory?> ReadNamedDirectoryAsync(ObjectId pack, CancellationToken cancellationToken)
    {
        if (Packs[pack].NamedSizeInBytes is null)
        {
            return null;
        }
        byte[]? content = await _repository.Objects.TryReadAsync(
            new ObjectName(ObjectKind.Index, Packs[pack].Segment), IndexSegmentCodec.BodySizeInBytesMax * 2L, cancellationToken)
            .ConfigureAwait(false);
        return content is null
            ? null
            : IndexSegmentCodec.Open(_repository.Keys, content).First(named => named.Id == pack).Directory;
    }

    public void Dispose()
    {
        Index.Dispose();
        _folder.Close();
    }

    private void MarkBad(long ordinal)
    {
        lock (_lock)
        {
            _ = _bad.Add(ordinal);
            HasBad = true;
        }
    }

    private async Task ReadSegmentsAsync(CancellationToken cancellationToken)
    {
        List<ObjectInfo> listed = await Concurrently.ReadAllAsync(
            _repository.Backend.ListAsync(ObjectKind.Index, cancellationToken)).ConfigureAwait(false);
        await foreach ((ObjectInfo info, Task<byte[]?> reading) in Concurrently.ForEachAsync(
            listed,
            (info, token) => _repository.Objects.TryReadAsync(info.Name, IndexSegmentCodec.BodySizeInBytesMax * 2L, token).AsTask(),
            Concurrently.Segments,
            cancellationToken).ConfigureAwait(false))
        {
            try
            {
                if (await reading.ConfigureAwait(false) is not { } content)
                {
                    continue; // Merged away since it was listed: what it named is in another segment.
                }
                IReadOnlyList<IndexedPack> packs = IndexSegmentCodec.Open(_repository.Keys, content);
                _counters.CountSegment();
                CheckSignatures(packs, info.Name);
                _runSegments.Add(info.Name.Id);
                foreach (IndexedPack pack in packs)
                {
                    AddNamed(pack, info.Name);
                }
            }
            catch (Exception exception) when (CheckReport.IsOfObject(exception))
            {
                _report.AddFailure(info.Name, (EblaException)exception);
            }
        }
    }

    private void AddNamed(IndexedPack pack, ObjectName segment)
    {
        Hash256 directoryHash = Blake3.Hash(pack.Directory.Bytes.Span);
        if (!Packs.TryGetValue(pack.Id, out PackFacts? facts))
        {
            Packs.Add(pack.Id, new PackFacts
            {
                NamedSizeInBytes = pack.SizeInBytes,
                Segment = segment.Id,
                DirectoryHash = directoryHash,
            });
            AddToRun(pack);
        }
        else if (facts.NamedSizeInBytes != pack.SizeInBytes || facts.DirectoryHash != directoryHash)
        {
            _report.Add(
                CheckSeverity.Damage, segment,
                $"{segment} and segment {facts.Segment.ToShortString()} say different things of pack {pack.Id.ToShortString()}.");
            AddToRun(pack);
        }
    }

    private async Task ListPacksAsync(CancellationToken cancellationToken)
    {
        await foreach (ObjectInfo info in _repository.Backend.ListAsync(ObjectKind.Pack, cancellationToken).ConfigureAwait(false))
        {
            _counters.CountPack(info.SizeInBytes);
            if (!Packs.TryGetValue(info.Name.Id, out PackFacts? facts))
            {
                facts = new PackFacts();
                Packs.Add(info.Name.Id, facts);
            }
            facts.ListedSizeInBytes = info.SizeInBytes;
        }
    }

    private async Task ReadUnnamedAsync(CancellationToken cancellationToken)
    {
        PackDirectoryReader directories = new(_repository.Backend, _repository.Keys);
        long sound = 0;
        KeyValuePair<ObjectId, PackFacts>[] unnamed = [.. Packs.Where(pack => pack.Value.NamedSizeInBytes is null)];
        await foreach (((ObjectId id, PackFacts facts), Task<IndexedPack?> reading) in Concurrently.ForEachAsync(
            unnamed,
            (pack, token) => directories.TryReadAsync(pack.Key, pack.Value.ListedSizeInBytes!.Value, token).AsTask(),
            Concurrently.SmallObjects,
            cancellationToken).ConfigureAwait(false))
        {
            ObjectName name = new(ObjectKind.Pack, id);
            try
            {
                if (await reading.ConfigureAwait(false) is { } pack)
                {
                    sound++;
                    CheckSignatures([pack], name);
                    AddToRun(pack);
                }
            }
            catch (Exception exception) when (CheckReport.IsOfObject(exception))
            {
                facts.ListedSizeInBytes = null;
                if (exception is CorruptDataException)
                {
                    Torn.Add((name, exception.Message));
                }
                else
                {
                    _report.AddFailure(name, (EblaException)exception);
                }
            }
        }
        if (sound > 0)
        {
            _report.Add(
                CheckSeverity.Information, CheckSubject.Index,
                $"{sound} {(sound == 1 ? "pack is" : "packs are")} named by no index segment: a run was cut off, is at work, or a segment "
                + "is gone. Nothing is lost by it; the next backup names them.");
        }
    }

    private void CheckSignatures(IReadOnlyList<IndexedPack> packs, ObjectName source)
    {
        UnlockedKeys keys = _repository.Keys;
        _ = Parallel.ForEach(packs, pack =>
        {
            int forged = 0;
            foreach (FrameRecord record in pack.Directory.Frames)
            {
                if (!keys.Verify(record.Writer, FrameRecord.SignatureKind, record.SignedBytes, record.Signature))
                {
                    forged++;
                }
            }
            _counters.CountFrames(pack.Directory.Frames.Count);
            if (forged > 0)
            {
                _report.Add(
                    CheckSeverity.Damage, source,
                    $"{source}: {forged} frame records of pack {pack.Id.ToShortString()} are not signed by the member they "
                    + "name.");
            }
        });
    }

    private void AddToRun(IndexedPack pack)
    {
        _runPacks.Add(pack);
        _runBytes += pack.Directory.Bytes.Length;
        if (_runBytes >= BytesPerRun)
        {
            CloseRun();
        }
    }

    private void CloseRun()
    {
        if (_runPacks.Count > 0)
        {
            _runs.Add(RunWriter.Write(_folder.NewPath(), _runSegments, _runPacks));
        }
        _runSegments.Clear();
        _runPacks.Clear();
        DroppedArrays.Add(4 * _runBytes); // Objects, their bodies, and the lists that became the run.
        _runBytes = 0;
    }

    private void Complete()
    {
        CloseRun();
        _runs = _folder.MergeIfMany(_runs);
        foreach (IndexRun run in _runs)
        {
            Index.Add(run, (_, _) => true);
        }
        _bad = new VisitedBlobs(Index.EntryCount);
        if (Packs.Values.Any(facts => !facts.IsWhole))
        {
            MarkBadPacks(pack => !Packs[pack].IsWhole);
        }
    }
}
