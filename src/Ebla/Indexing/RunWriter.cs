using System.Buffers.Binary;
using Ebla.Hashing;
using Ebla.Keys;
using Ebla.Packs;
using Ebla.Primitives;

namespace Ebla.Indexing;

/// <summary>Writes run files: from pack directories, or by merging runs. The file appears under its name only when it is whole.</summary>
internal static class RunWriter
{
    /// <summary>What a file's name ends with until it is whole.</summary>
    public const string TemporarySuffix = ".new";

    private const int BufferSizeInBytes = 1 << 20;

    /// <summary>A run of these packs. Memory: 40 bytes for each of their blobs.</summary>
    public static IndexRun Write(string path, IReadOnlyList<ObjectId> segments, IReadOnlyList<IndexedPack> packs)
    {
        List<ReadOnlyMemory<byte>> sealings = [];
        List<FrameRow> frames = [];
        List<FrameRecord> records = [];
        List<RunEntry> entries = new(packs.Sum(pack => pack.Directory.Frames.Sum(frame => frame.BlobCount)));
        long linkBytes = 0;
        for (int pack = 0; pack < packs.Count; pack++)
        {
            Dictionary<Hash256, int> sealingOrdinals = [];
            foreach (ReadOnlyMemory<byte> entry in packs[pack].Directory.SealingEntries)
            {
                sealingOrdinals.Add(SealingEntry.Read(entry.Span).Id, sealings.Count);
                sealings.Add(entry);
            }
            long offset = PackCodec.FramesOffset;
            foreach (FrameRecord record in packs[pack].Directory.Frames)
            {
                for (int place = 0; place < record.BlobCount; place++)
                {
                    entries.Add(new RunEntry(
                        record.GetBlobId(place), frames.Count, (ushort)place, record.GetLengthCode(place)));
                }
                frames.Add(new FrameRow(
                    pack, checked((uint)offset), record.StoredSizeInBytes, record.Number, sealingOrdinals[record.SealingId],
                    record.Kind, record.BlobCount, linkBytes, record.CoreHash, record.CiphertextHash));
                records.Add(record);
                linkBytes += record.LinkSection.Length;
                offset += record.StoredSizeInBytes;
            }
        }
        entries.Sort(Compare);
        RunLayout layout = new(
            segments.Count, packs.Count, sealings.Count, frames.Count, entries.Count,
            sealings.Sum(entry => (long)entry.Length), linkBytes);
        return Create(path, layout, output =>
        {
            foreach (ObjectId segment in segments)
            {
                segment.Write(output.Next(Hash256.SizeInBytes));
            }
            foreach (IndexedPack pack in packs)
            {
                Span<byte> row = output.Next(RunLayout.PackRowSizeInBytes);
                pack.Id.Write(row);
                BinaryPrimitives.WriteInt64LittleEndian(row[Hash256.SizeInBytes..], pack.SizeInBytes);
            }
            uint end = 0;
            foreach (ReadOnlyMemory<byte> sealing in sealings)
            {
                end += (uint)sealing.Length;
                BinaryPrimitives.WriteUInt32LittleEndian(output.Next(4), end);
            }
            foreach (ReadOnlyMemory<byte> sealing in sealings)
            {
                output.Append(sealing.Span);
            }
            foreach (FrameRow frame in frames)
            {
                frame.Write(output.Next(RunLayout.FrameRowSizeInBytes));
            }
            foreach (FrameRecord record in records)
            {
                WriteLinks(output, record);
            }
            foreach (RunEntry entry in entries)
            {
                entry.Write(output.Next(RunLayout.EntrySizeInBytes));
            }
        });
    }

    /// <summary>One run that holds what these hold. Memory does not depend on their sizes.</summary>
    public static IndexRun Merge(string path, IReadOnlyList<IndexRun> runs)
    {
        RunLayout layout = new(
            runs.Sum(run => run.SegmentCount), runs.Sum(run => run.PackCount), runs.Sum(run => run.SealingCount),
            runs.Sum(run => run.FrameCount), runs.Sum(run => run.EntryCount), runs.Sum(run => run.SealingBytes),
            runs.Sum(run => run.LinkBytes));
        return Create(path, layout, output =>
        {
            foreach (IndexRun run in runs)
            {
                for (int segment = 0; segment < run.SegmentCount; segment++)
                {
                    run.GetSegment(segment).Write(output.Next(Hash256.SizeInBytes));
                }
            }
            foreach (IndexRun run in runs)
            {
                for (int pack = 0; pack < run.PackCount; pack++)
                {
                    Span<byte> row = output.Next(RunLayout.PackRowSizeInBytes);
                    run.GetPackId(pack).Write(row);
                    BinaryPrimitives.WriteInt64LittleEndian(row[Hash256.SizeInBytes..], run.GetPackSizeInBytes(pack));
                }
            }
            WriteSealings(output, runs);
            WriteFrames(output, runs);
            WriteLinks(output, runs);
            WriteEntries(output, runs);
        });
    }

    private static void WriteSealings(RunOutput output, IReadOnlyList<IndexRun> runs)
    {
        uint end = 0;
        foreach (IndexRun run in runs)
        {
            for (int sealing = 0; sealing < run.SealingCount; sealing++)
            {
                end = checked(end + (uint)run.GetSealing(sealing).Length);
                BinaryPrimitives.WriteUInt32LittleEndian(output.Next(4), end);
            }
        }
        foreach (IndexRun run in runs)
        {
            for (int sealing = 0; sealing < run.SealingCount; sealing++)
            {
                output.Append(run.GetSealing(sealing));
            }
        }
    }

    private static void WriteFrames(RunOutput output, IReadOnlyList<IndexRun> runs)
    {
        int packBase = 0;
        int sealingBase = 0;
        long linkBase = 0;
        foreach (IndexRun run in runs)
        {
            for (int frame = 0; frame < run.FrameCount; frame++)
            {
                FrameRow row = run.GetFrame(frame);
                row = row with
                {
                    Pack = row.Pack + packBase,
                    Sealing = row.Sealing + sealingBase,
                    LinksStart = row.LinksStart + linkBase,
                };
                row.Write(output.Next(RunLayout.FrameRowSizeInBytes));
            }
            packBase += run.PackCount;
            sealingBase += run.SealingCount;
            linkBase += run.LinkBytes;
        }
    }

    // Sums instead of counts: a lookup must not add up the counts of 4,096 blobs.
    private static void WriteLinks(RunOutput output, FrameRecord record)
    {
        ReadOnlySpan<byte> section = record.LinkSection;
        if (section.IsEmpty)
        {
            return;
        }
        uint end = 0;
        for (int place = 0; place < record.BlobCount; place++)
        {
            end += BinaryPrimitives.ReadUInt32LittleEndian(section[(4 * place)..]);
            BinaryPrimitives.WriteUInt32LittleEndian(output.Next(4), end);
        }
        output.Append(section[(4 * record.BlobCount)..]);
    }

    private static void WriteLinks(RunOutput output, IReadOnlyList<IndexRun> runs)
    {
        foreach (IndexRun run in runs)
        {
            for (int frame = 0; frame < run.FrameCount; frame++)
            {
                FrameRow row = run.GetFrame(frame);
                if (row.Kind == FrameKind.Tree)
                {
                    output.Append(run.GetLinkSection(row));
                }
            }
        }
    }

    private static void WriteEntries(RunOutput output, IReadOnlyList<IndexRun> runs)
    {
        PriorityQueue<(int Run, long Entry, int FrameBase), RunEntry> queue = new(Comparer<RunEntry>.Create(Compare));
        int frameBase = 0;
        for (int i = 0; i < runs.Count; i++)
        {
            if (runs[i].EntryCount > 0)
            {
                queue.Enqueue((i, 0, frameBase), ReadEntry(i, 0, frameBase));
            }
            frameBase += runs[i].FrameCount;
        }
        while (queue.TryDequeue(out (int Run, long Entry, int FrameBase) next, out RunEntry entry))
        {
            entry.Write(output.Next(RunLayout.EntrySizeInBytes));
            if (++next.Entry < runs[next.Run].EntryCount)
            {
                queue.Enqueue(next, ReadEntry(next.Run, next.Entry, next.FrameBase));
            }
        }

        // Compared with the frame's new ordinal, so that copies come in the order in which a single run would have them.
        RunEntry ReadEntry(int run, long place, int frameBaseOfRun)
        {
            RunEntry read = runs[run].GetEntry(place);
            return read with { Frame = read.Frame + frameBaseOfRun };
        }
    }

    private static int Compare(RunEntry left, RunEntry right)
    {
        int order = left.Id.CompareTo(right.Id);
        order = order != 0 ? order : left.Frame.CompareTo(right.Frame);
        return order != 0 ? order : left.Place.CompareTo(right.Place);
    }

    private static IndexRun Create(string path, RunLayout layout, Action<RunOutput> write)
    {
        string temporary = path + TemporarySuffix;
        IndexRun? run = null;
        try
        {
            using (RunOutput output = new(temporary, BufferSizeInBytes))
            {
                output.Append(layout.EncodeHeader());
                write(output);
                output.Complete();
            }
            // Opened before it has its name: another process may find it under the name, and remove it as not current.
            run = IndexRun.TryOpen(temporary, path)
                ?? throw new BackendException($"The cache file {path} does not read back as written.", isTransient: false);
            File.Move(temporary, path, overwrite: true);
            return run;
        }
        catch (Exception exception)
        {
            run?.Dispose();
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }
            if (exception is IOException or UnauthorizedAccessException)
            {
                throw new BackendException(
                    $"The cache file {path} cannot be written: {exception.Message}", isTransient: false, exception);
            }
            throw;
        }
    }

    /// <summary>A buffered, hashed output.</summary>
    private sealed class RunOutput(string path, int bufferSize) : IDisposable
    {
        private readonly FileStream _stream = new(path, FileMode.Create, FileAccess.Write, FileShare.None, 1);
        private readonly Blake3Hasher _hasher = new();
        private readonly byte[] _buffer = new byte[bufferSize];
        private int _used;

        /// <summary>Room for so many bytes, to be filled before the next call.</summary>
        public Span<byte> Next(int length)
        {
            if (_used + length > _buffer.Length)
            {
                Drain();
            }
            _used += length;
            return _buffer.AsSpan(_used - length, length);
        }

        public void Append(ReadOnlySpan<byte> bytes)
        {
            while (!bytes.IsEmpty)
            {
                int length = Math.Min(bytes.Length, _buffer.Length / 2);
                bytes[..length].CopyTo(Next(length));
                bytes = bytes[length..];
            }
        }

        public void Complete()
        {
            Drain();
            _stream.Write(_hasher.Finish().ToArray());
        }

        public void Dispose() => _stream.Dispose();

        private void Drain()
        {
            _hasher.Append(_buffer.AsSpan(0, _used));
            _stream.Write(_buffer, 0, _used);
            _used = 0;
        }
    }
}
