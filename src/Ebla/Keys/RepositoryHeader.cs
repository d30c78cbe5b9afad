using System.Buffers.Binary;
using System.Security.Cryptography;
using Ebla.Hashing;
using Ebla.Primitives;

namespace Ebla.Keys;

// HEADER, version 1 (docs/format.md, "Header")
//   0 magic "EBLAREPO" | 8 version u16 = 1 | 10 reserved u16 = 0 | 12 repository id 16
//   28 BLAKE3 of the root public key 32 | 60 BLAKE3 of all bytes before 32.
// In every version the last 32 bytes are the BLAKE3 of the rest.

/// <summary>The one plaintext file of a repository: its id and the hash of its root public key. Written once.</summary>
public sealed record RepositoryHeader(RepositoryId Repository, Hash256 RootKeyHash)
{
    /// <summary>Size of version 1.</summary>
    public const int SizeInBytes = 92;

    /// <summary>A reader refuses more in any version.</summary>
    public const int SizeInBytesMax = 4096;

    private const ushort Version = 1;

    private static ReadOnlySpan<byte> Magic => "EBLAREPO"u8;

    /// <summary>The stored form.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[SizeInBytes];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), Version);
        Repository.Write(bytes.AsSpan(12));
        RootKeyHash.Write(bytes.AsSpan(28));
        Blake3.Hash(bytes.AsSpan(0, 60)).Write(bytes.AsSpan(60));
        return bytes;
    }

    /// <summary>Reads a whole header file.</summary>
    /// <exception cref="CorruptDataException">It is no header, or damaged.</exception>
    /// <exception cref="UnsupportedFormatException">It is whole, and of a newer version.</exception>
    public static RepositoryHeader Read(ReadOnlySpan<byte> source)
    {
        if (source.Length is < SizeInBytes or > SizeInBytesMax || !source.StartsWith(Magic))
        {
            throw new CorruptDataException("The file is not the header of an Ebla repository, or it is cut short.");
        }
        if (!CryptographicOperations.FixedTimeEquals(Blake3.Hash(source[..^32]).ToArray(), source[^32..]))
        {
            throw new CorruptDataException(
                "The header is damaged: its hash does not match. Restore it from a replica.");
        }
        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(source[8..]);
        if (version > Version)
        {
            throw new UnsupportedFormatException(
                $"The repository has version {version}: it was written by a newer version of Ebla.");
        }
        if (version != Version
            || source.Length != SizeInBytes
            || BinaryPrimitives.ReadUInt16LittleEndian(source[10..]) != 0)
        {
            throw new CorruptDataException("The header is not valid.");
        }
        return new RepositoryHeader(RepositoryId.Read(source[12..]), Hash256.Read(source[28..]));
    }
}
