using System.Security.Cryptography;
using Ebla.Encryption;
using Ebla.Primitives;

namespace Ebla.Keys;

/// <summary>
/// A random key that encrypts the frames of a pack, or a snapshot, and its stored form. Safe for concurrent calls;
/// the caller disposes it when they are over.
/// </summary>
/// <remarks>
/// A writer must never encrypt two frames under one number of one sealing: the frame's key would be used twice.
/// </remarks>
public sealed class Sealing : IDisposable
{
    /// <summary>By how much a stored frame is longer than its plaintext.</summary>
    public const int OverheadInBytes = Aead.TagSizeInBytes;

    internal const int KeySizeInBytes = 32;

    private const int PrefixSizeInBytes = RepositoryId.SizeInBytes + RingId.SizeInBytes + 1 + Hash256.SizeInBytes;

    private readonly SecretBytes _pseudoRandomKey = new(Hkdf.KeySizeInBytes);
    private readonly CipherSuite _suite;
    private readonly byte[] _associatedDataPrefix;

    internal Sealing(RepositoryId repository, RingId ring, CipherSuite suite, ReadOnlySpan<byte> key)
    {
        _suite = suite;
        Span<byte> salt = stackalloc byte[RepositoryId.SizeInBytes];
        repository.Write(salt);
        Hkdf.Extract(key, salt, _pseudoRandomKey.Span);
        InfoWriter info = new(stackalloc byte[InfoWriter.SizeInBytesMax]);
        info.Add("ebla/1 commit");
        info.Add(ring);
        info.Add((byte)suite);
        Span<byte> id = stackalloc byte[Hash256.SizeInBytes];
        Hkdf.Expand(_pseudoRandomKey.Span, info.Written, id);
        Id = Hash256.Read(id);
        InfoWriter prefix = new(stackalloc byte[InfoWriter.SizeInBytesMax]);
        prefix.Add(repository);
        prefix.Add(ring);
        prefix.Add((byte)suite);
        prefix.Add(Id);
        _associatedDataPrefix = prefix.Written.ToArray();
        Invariant.Check(_associatedDataPrefix.Length == PrefixSizeInBytes);
    }

    /// <summary>Names the sealing and commits to its key.</summary>
    public Hash256 Id { get; }

    /// <summary>The stored form: at most <see cref="SealingEntry.SizeInBytesMax"/> bytes.</summary>
    public ReadOnlyMemory<byte> Entry { get; internal init; }

    /// <summary>Encrypts frame <paramref name="number"/>; each number once.</summary>
    /// <param name="number">The frame's number in this sealing.</param>
    /// <param name="frameKind">What the frame holds.</param>
    /// <param name="recordHash">The hash of the frame's record, as far as it is known before encryption.</param>
    /// <param name="plaintext">The frame.</param>
    /// <param name="destination">As long as the plaintext and <see cref="OverheadInBytes"/>.</param>
    public void EncryptFrame(
        uint number, byte frameKind, Hash256 recordHash, ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        Span<byte> key = stackalloc byte[Hkdf.KeySizeInBytes];
        DeriveFrameKey(number, key);
        InfoWriter associatedData = new(stackalloc byte[InfoWriter.SizeInBytesMax]);
        AddAssociatedData(ref associatedData, number, frameKind, recordHash);
        Aead.Encrypt(_suite, key, associatedData.Written, plaintext, destination);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>Decrypts a frame.</summary>
    /// <param name="number">As at encryption.</param>
    /// <param name="frameKind">As at encryption.</param>
    /// <param name="recordHash">As at encryption.</param>
    /// <param name="ciphertext">The stored frame.</param>
    /// <param name="plaintext">Shorter than the ciphertext by <see cref="OverheadInBytes"/>; zero after a
    /// failure.</param>
    /// <exception cref="CorruptDataException">The frame or its record is not what was encrypted.</exception>
    public void DecryptFrame(
        uint number, byte frameKind, Hash256 recordHash, ReadOnlySpan<byte> ciphertext, Span<byte> plaintext)
    {
        Span<byte> key = stackalloc byte[Hkdf.KeySizeInBytes];
        DeriveFrameKey(number, key);
        InfoWriter associatedData = new(stackalloc byte[InfoWriter.SizeInBytesMax]);
        AddAssociatedData(ref associatedData, number, frameKind, recordHash);
        bool isGood = Aead.TryDecrypt(_suite, key, associatedData.Written, ciphertext, plaintext);
        CryptographicOperations.ZeroMemory(key);
        if (!isGood)
        {
            throw new CorruptDataException($"Frame {number} of sealing {Id.ToShortString()} does not decrypt.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _pseudoRandomKey.Dispose();

    private void DeriveFrameKey(uint number, Span<byte> key)
    {
        InfoWriter info = new(stackalloc byte[InfoWriter.SizeInBytesMax]);
        info.Add("ebla/1 frame");
        info.Add(number);
        Hkdf.Expand(_pseudoRandomKey.Span, info.Written, key);
    }

    private void AddAssociatedData(ref InfoWriter associatedData, uint number, byte frameKind, Hash256 recordHash)
    {
        associatedData.Add(_associatedDataPrefix);
        associatedData.Add(number);
        associatedData.Add(frameKind);
        associatedData.Add(recordHash);
    }
}
