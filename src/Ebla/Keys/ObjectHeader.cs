using Ebla.Primitives;

namespace Ebla.Keys;

// OBJECT HEADER, version 1 (docs/format.md, section "Objects"): prologue 24 | ring id 16 | nonce 16.
// The nonce makes the bytes, and so the name, of every object new: a deleted name never returns with a meaning.

/// <summary>The start of every object of the catalog.</summary>
internal static class ObjectHeader
{
    public const int SizeInBytes = ObjectPrologue.SizeInBytes + RingId.SizeInBytes + NonceSizeInBytes;

    private const int NonceSizeInBytes = 16;

    /// <summary>A header with a fresh nonce.</summary>
    public static byte[] Create(UnlockedKeys keys, ObjectKind kind)
    {
        byte[] header = new byte[SizeInBytes];
        new ObjectPrologue(kind, keys.Header.Repository).Write(header);
        keys.Ring.Id.Write(header.AsSpan(ObjectPrologue.SizeInBytes));
        keys.Entropy.Fill(header.AsSpan(SizeInBytes - NonceSizeInBytes));
        return header;
    }

    /// <summary>Checks the start of an object, and that the keys at hand are those of its ring.</summary>
    public static ReadOnlySpan<byte> Check(UnlockedKeys keys, ObjectKind kind, ReadOnlySpan<byte> content)
    {
        if (content.Length < SizeInBytes)
        {
            throw new CorruptDataException($"The object is cut short: {content.Length} bytes.");
        }
        new ObjectPrologue(kind, keys.Header.Repository).Check(content);
        return RingId.Read(content[ObjectPrologue.SizeInBytes..]) == keys.Ring.Id
            ? content[..SizeInBytes]
            : throw new UnsupportedFormatException("The object belongs to a key ring that this version of Ebla does not hold.");
    }
}
