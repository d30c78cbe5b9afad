using System.Buffers.Binary;
using Ebla.Encryption;
using Ebla.Primitives;

namespace Ebla.Keys;

// SEALING ENTRY (docs/format.md, "Sealing"). All integers little-endian.
//   0 ring 16 | 16 suite u8 | 17 recipient count u8 1..=8 | 18 reserved u16 = 0 | 20 sealing id 32 | 52 recipients
// RECIPIENT
//   0 kem u8 | 1 reserved u8 = 0 | 2 size of the rest u16 1..=2040
//   KEM 1: 4 content key number u32 | 8 epk 32 | 40 wrapped K 48

/// <summary>The stored form of a sealing, as anyone with the catalog key reads it.</summary>
public sealed class SealingEntry
{
    /// <summary>The largest entry.</summary>
    public const int SizeInBytesMax =
        RecipientsStart + (RecipientCountMax * (RecipientHeaderSizeInBytes + RecipientRestSizeInBytesMax));

    /// <summary>The most recipients.</summary>
    public const int RecipientCountMax = 8;

    internal const byte X25519Kem = 1;

    internal const int WrappedKeySizeInBytes = Hkdf.KeySizeInBytes + Aead.TagSizeInBytes;

    private const int RecipientsStart = 52;

    private const int RecipientHeaderSizeInBytes = 4;

    private const int RecipientRestSizeInBytesMax = 2040;

    private const int X25519RestSizeInBytes = 4 + X25519.KeySizeInBytes + WrappedKeySizeInBytes;

    private SealingEntry(RingId ring, CipherSuite suite, Hash256 id, IReadOnlyList<Recipient> recipients)
    {
        Ring = ring;
        Suite = suite;
        Id = id;
        Recipients = recipients;
    }

    /// <summary>The ring whose content key opens it.</summary>
    public RingId Ring { get; }

    /// <summary>The cipher of its frames.</summary>
    public CipherSuite Suite { get; }

    /// <summary>The sealing's id, which commits to its key.</summary>
    public Hash256 Id { get; }

    /// <summary>Those of KEM 1; others are for newer versions.</summary>
    internal IReadOnlyList<Recipient> Recipients { get; }

    /// <summary>Reads one whole entry. Needs no key, and proves nothing about it.</summary>
    /// <exception cref="CorruptDataException">It is not valid.</exception>
    /// <exception cref="UnsupportedFormatException">Its cipher is not known.</exception>
    public static SealingEntry Read(ReadOnlySpan<byte> source)
    {
        if (source.Length is <= RecipientsStart or > SizeInBytesMax
            || source[17] is 0 or > RecipientCountMax
            || BinaryPrimitives.ReadUInt16LittleEndian(source[18..]) != 0)
        {
            throw new CorruptDataException("A sealing is not valid.");
        }
        CipherSuite suite = CipherSuites.FromNumber(source[16]);
        List<Recipient> recipients = [];
        ReadOnlySpan<byte> rest = source[RecipientsStart..];
        for (int i = 0; i < source[17]; i++)
        {
            if (rest.Length < RecipientHeaderSizeInBytes)
            {
                throw new CorruptDataException("A sealing is cut short.");
            }
            byte kem = rest[0];
            int size = BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]);
            if (kem == 0
                || rest[1] != 0
                || size is 0 or > RecipientRestSizeInBytesMax
                || size > rest.Length - RecipientHeaderSizeInBytes
                || (kem == X25519Kem && size != X25519RestSizeInBytes))
            {
                throw new CorruptDataException("A recipient of a sealing is not valid.");
            }
            ReadOnlySpan<byte> recipient = rest.Slice(RecipientHeaderSizeInBytes, size);
            if (kem == X25519Kem)
            {
                recipients.Add(new Recipient(
                    BinaryPrimitives.ReadUInt32LittleEndian(recipient),
                    recipient.Slice(4, X25519.KeySizeInBytes).ToArray(),
                    recipient[(4 + X25519.KeySizeInBytes)..].ToArray()));
            }
            rest = rest[(RecipientHeaderSizeInBytes + size)..];
        }
        return rest.IsEmpty
            ? new SealingEntry(RingId.Read(source), suite, Hash256.Read(source[20..]), recipients)
            : throw new CorruptDataException("A sealing has bytes after its end.");
    }

    internal static byte[] Compose(RingId ring, CipherSuite suite, Hash256 id, Recipient recipient)
    {
        byte[] bytes = new byte[RecipientsStart + RecipientHeaderSizeInBytes + X25519RestSizeInBytes];
        ring.Write(bytes);
        bytes[16] = (byte)suite;
        bytes[17] = 1;
        id.Write(bytes.AsSpan(20));
        Span<byte> target = bytes.AsSpan(RecipientsStart);
        target[0] = X25519Kem;
        BinaryPrimitives.WriteUInt16LittleEndian(target[2..], X25519RestSizeInBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], recipient.ContentKeyNumber);
        recipient.EphemeralPublicKey.CopyTo(target[8..]);
        recipient.WrappedKey.CopyTo(target[40..]);
        return bytes;
    }

    /// <summary>The key of the sealing, wrapped to one content key.</summary>
    internal sealed record Recipient(uint ContentKeyNumber, byte[] EphemeralPublicKey, byte[] WrappedKey);
}
