using System.Buffers.Binary;
using Ebla.Chunking;
using Ebla.Hashing;
using Ebla.Keys;

namespace Ebla.Operations.Backups.Storing;

/// <summary>Makes the chunker of a ring.</summary>
internal static class FileChunker
{
    /// <summary>The chunker with the ring's secret table and decision key.</summary>
    public static Chunker<KeyedCut> Create(RingKeys ring) => new(
        new ChunkerParameters
        {
            MinSizeInBytes = ring.Chunker.MinSizeInBytes,
            AverageSizeInBytes = ring.Chunker.AverageSizeInBytes,
            MaxSizeInBytes = ring.Chunker.MaxSizeInBytes,
        },
        ring.GearTable.Span,
        new KeyedCut(ring.CutKey.ToArray()));

    /// <summary>The decision of docs/format.md, section "Chunker": keyed BLAKE3 of the 64 bytes before the point.</summary>
    internal readonly struct KeyedCut(byte[] key) : ICutDecision
    {
        public ulong Decide(ReadOnlySpan<byte> window)
        {
            Span<byte> hash = stackalloc byte[32];
            Blake3.HashKeyed(key, window).Write(hash);
            return BinaryPrimitives.ReadUInt64LittleEndian(hash);
        }
    }
}
