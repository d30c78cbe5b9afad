using Ebla.Hashing;
using Ebla.Indexing;
using Ebla.Keys;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Trees;

namespace Ebla.Operations.Checks;

/// <summary>Reads packs whole and verifies every byte: name, directory, frames, blobs, links. One thread at a time.</summary>
internal sealed class PackVerifier(Repository repository, CheckedCatalog catalog, CheckCounters counters) : IDisposable
{
    private const int ReadSizeInBytes = 4 << 20;

    private readonly UnlockedKeys _keys = repository.Keys;
    private readonly PackDirectoryReader _directories = new(repository.Backend, repository.Keys);
    private readonly FrameOpener _opener = new(repository.Keys);
    private readonly Blake3Hasher _hasher = new();
    private byte[] _buffer = new byte[ReadSizeInBytes];

    /// <summary>Verifies a pack and marks in the catalog the copies that are bad.</summary>
    /// <returns>What is wrong with it, or null. False for the pack: it is not there any more.</returns>
    public async Task<(bool IsThere, PackDamage? Damage)> VerifyAsync(
        ObjectId pack, PackFacts facts, CancellationToken cancellationToken)
    {
        long size = facts.ListedSizeInBytes!.Value;
        List<string> faults = [];
        PackDirectory? directory = null;
        try
        {
            IndexedPack? own = await _directories.TryReadAsync(pack, size, cancellationToken).ConfigureAwait(false);
            if (own is null)
            {
                return (false, null);
            }
            directory = own.Directory;
            if (facts.NamedSizeInBytes is not null && Blake3.Hash(directory.Bytes.Span) != facts.DirectoryHash)
            {
                faults.Add($"its directory is not the one that index segment {facts.Segment.ToShortString()} holds");
            }
        }
        catch (Exception exception) when (CheckReport.IsOfObject(exception))
        {
            faults.Add(exception.Message.TrimEnd('.'));
            directory = await catalog.ReadNamedDirectoryAsync(pack, cancellationToken).ConfigureAwait(false);
        }
        Walk walk = new(new ObjectName(ObjectKind.Pack, pack), size, directory, faults);
        try
        {
            if (!await ReadAsync(walk, cancellationToken).ConfigureAwait(false))
            {
                return (false, null);
            }
        }
        catch (Exception exception) when (CheckReport.IsOfObject(exception))
        {
            // Shorter than listed: what was not read is bad.
            MarkRest(walk);
            faults.Add(exception.Message.TrimEnd('.'));
        }
        counters.CountPackRead();
        return (true, faults.Count == 0 ? null : new PackDamage(walk.BadFrames, Describe(faults)));
    }

    public void Dispose() => _opener.Dispose();

    private static string Describe(List<string> faults)
        => string.Join("; ", faults.Take(3)) + (faults.Count > 3 ? $"; and {faults.Count - 3} more faults" : "");

    // Reads header, frames and tail in order, several frames at once, and hashes all of it.
    private async Task<bool> ReadAsync(Walk walk, CancellationToken cancellationToken)
    {
        _hasher.Reset();
        while (walk.Offset < walk.SizeInBytes)
        {
            int length = walk.NextReadLength(ReadSizeInBytes);
            if (length > _buffer.Length)
            {
                _buffer = new byte[length];
            }
            Memory<byte> part = _buffer.AsMemory(0, length);
            if (!await repository.Backend.GetAsync(walk.Name, walk.Offset, part, null, cancellationToken).ConfigureAwait(false))
            {
                return false;
            }
            counters.CountRead(length);
            _hasher.Append(part.Span);
            VerifyFrames(walk, part.Span);
            walk.Offset += length;
        }
        if (_hasher.Finish() != walk.Name.Id.Value)
        {
            walk.Faults.Insert(0, "its bytes do not have the hash that its name says");
        }
        return true;
    }

    private void VerifyFrames(Walk walk, ReadOnlySpan<byte> part)
    {
        long start = walk.Offset;
        while (walk.Frame < walk.FrameCount && walk.FrameEnd <= start + part.Length)
        {
            FrameRecord record = walk.Record;
            ReadOnlySpan<byte> ciphertext = part.Slice((int)(walk.FrameStart - start), record.StoredSizeInBytes);
            if (FindFault(record, walk.SealingOf(record), ciphertext, out bool isBad) is { } fault)
            {
                walk.Faults.Add($"bytes {walk.FrameStart} to {walk.FrameEnd}: {fault}");
                if (isBad)
                {
                    MarkBad(walk);
                }
            }
            walk.MoveNext();
        }
    }

    private void MarkRest(Walk walk)
    {
        for (; walk.Frame < walk.FrameCount; walk.MoveNext())
        {
            MarkBad(walk);
        }
    }

    private void MarkBad(Walk walk)
    {
        walk.BadFrames++;
        catalog.MarkBad(walk.Name.Id, walk.Record, walk.FrameStart);
    }

    // isBad: the blobs cannot be read as they should; else the record only says something wrong of them.
    private string? FindFault(FrameRecord record, ReadOnlyMemory<byte> sealing, ReadOnlySpan<byte> ciphertext, out bool isBad)
    {
        isBad = true;
        if (!_keys.Ring.CanOpenSealings)
        {
            return Blake3.Hash(ciphertext) == record.CiphertextHash ? null : "the stored bytes do not have the hash that "
                + "the directory gives";
        }
        try
        {
            using FrameContent content = _opener.Open(FrameSeal.Of(record, sealing), ciphertext);
            for (int place = 0; place < content.BlobCount; place++)
            {
                ReadOnlyMemory<byte> blob = content.GetBlob(place);
                BlobId id = record.GetBlobId(place);
                if (FrameOpener.IdOf(_keys, record.Kind, blob.Span) != id)
                {
                    return $"blob {id.ToShortString()} is not what its id says";
                }
                if (record.Kind == FrameKind.Tree)
                {
                    // A tree blob that does not decode is of no use to a reader.
                    TreeBlob tree = TreeBlobCodec.Decode(blob);
                    if (!TreeLinks.Of(tree).SetEquals(record.LinksOf(place)))
                    {
                        isBad = false;
                        return $"tree blob {id.ToShortString()} refers to other blobs than its record says";
                    }
                }
                if (record.GetLengthCode(place) != PadmeCode.Encode(blob.Length))
                {
                    isBad = false;
                    return $"blob {id.ToShortString()} has another length than its record says";
                }
            }
            return null;
        }
        catch (Exception exception) when (CheckReport.IsOfObject(exception))
        {
            return exception.Message.TrimEnd('.');
        }
    }

    /// <summary>How far the reading of a pack has come.</summary>
    private sealed class Walk
    {
        private readonly PackDirectory? _directory;
        private readonly Dictionary<Hash256, ReadOnlyMemory<byte>> _sealings = [];

        public Walk(ObjectName name, long sizeInBytes, PackDirectory? directory, List<string> faults)
        {
            Name = name;
            SizeInBytes = sizeInBytes;
            _directory = directory;
            Faults = faults;
            foreach (ReadOnlyMemory<byte> entry in directory?.SealingEntries ?? [])
            {
                _sealings[SealingEntry.Read(entry.Span).Id] = entry;
            }
        }

        public ObjectName Name { get; }

        public long SizeInBytes { get; }

        public List<string> Faults { get; }

        public long Offset { get; set; }

        public int BadFrames { get; set; }

        public int Frame { get; private set; }

        public int FrameCount => _directory?.Frames.Count ?? 0;

        public FrameRecord Record => _directory!.Frames[Frame];

        public long FrameStart { get; private set; } = PackCodec.FramesOffset;

        public long FrameEnd => FrameStart + Record.StoredSizeInBytes;

        public ReadOnlyMemory<byte> SealingOf(FrameRecord record) => _sealings[record.SealingId];

        public void MoveNext()
        {
            FrameStart = FrameEnd;
            Frame++;
        }

        /// <summary>As many whole frames as fit, at least one; between and behind them whatever is there.</summary>
        public int NextReadLength(int sizeInBytes)
        {
            long rest = SizeInBytes - Offset;
            if (Frame >= FrameCount || FrameEnd > SizeInBytes)
            {
                return (int)Math.Min(rest, sizeInBytes);
            }
            long end = FrameEnd;
            for (int next = Frame + 1; next < FrameCount; next++)
            {
                long nextEnd = end + _directory!.Frames[next].StoredSizeInBytes;
                if (nextEnd - Offset > sizeInBytes || nextEnd > SizeInBytes)
                {
                    break;
                }
                end = nextEnd;
            }
            return checked((int)(end - Offset));
        }
    }
}
