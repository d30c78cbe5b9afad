using Ebla.Primitives;

namespace Ebla.Packs;

/// <summary>What it takes to open a frame once its bytes are there.</summary>
internal readonly record struct FrameSeal(
    FrameKind Kind, uint Number, int BlobCount, Hash256 CoreHash, Hash256 CiphertextHash, ReadOnlyMemory<byte> SealingEntry)
{
    public static FrameSeal Of(FrameRecord record, ReadOnlyMemory<byte> sealingEntry)
        => new(record.Kind, record.Number, record.BlobCount, record.CoreHash, record.CiphertextHash, sealingEntry);
}
