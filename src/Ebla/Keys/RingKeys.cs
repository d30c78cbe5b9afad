using System.Buffers.Binary;
using System.Security.Cryptography;
using Ebla.Encryption;
using Ebla.Hashing;
using Ebla.Primitives;

namespace Ebla.Keys;

/// <summary>What a member holds of a ring. Safe for concurrent calls.</summary>
public sealed class RingKeys : IDisposable
{
    internal const int KeySizeInBytes = 32;

    private const int GearTableLength = 256;

    private readonly SecretBytes? _idKey;
    private readonly NamingKey? _naming;
    private readonly SecretBytes _catalogKey;
    private readonly SecretBytes? _fileIdKey;
    private readonly SecretBytes? _treeIdKey;
    private readonly SecretBytes? _cutKey;
    private readonly SecretBytes? _tokenKey;
    private readonly SecretBytes? _sealingSalt;
    private readonly ulong[]? _gearTable;
    private readonly IReadOnlyList<ContentKey> _contentKeys;
    private readonly IEntropy _entropy;

    /// <summary>Takes ownership of the keys.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="id">The ring.</param>
    /// <param name="suite">Its cipher.</param>
    /// <param name="chunker">How it cuts.</param>
    /// <param name="created">When it was made.</param>
    /// <param name="idKey">Null for a maintainer.</param>
    /// <param name="catalogKey">The catalog key.</param>
    /// <param name="contentKeys">In the order of their numbers; writers use the last. No private halves for a
    /// writer.</param>
    /// <param name="entropy">For salts and sealings.</param>
    /// <param name="naming">What names and cuts come from, if it is another ring's; null if it is this ring's own id key.</param>
    internal RingKeys(
        RepositoryId repository,
        RingId id,
        CipherSuite suite,
        ChunkerSettings chunker,
        DateTimeOffset created,
        SecretBytes? idKey,
        SecretBytes catalogKey,
        IReadOnlyList<ContentKey> contentKeys,
        IEntropy entropy,
        NamingKey? naming = null)
    {
        Invariant.Check(contentKeys.Count > 0 && (naming is null || idKey is not null));
        Repository = repository;
        Id = id;
        Suite = suite;
        Chunker = chunker;
        Created = created;
        _idKey = idKey;
        _naming = naming;
        _catalogKey = catalogKey;
        _contentKeys = contentKeys;
        _entropy = entropy;
        if (idKey is not null)
        {
            _fileIdKey = DeriveNaming("ebla/1 id file");
            _treeIdKey = DeriveNaming("ebla/1 id tree");
            _cutKey = DeriveNaming("ebla/1 cut");
            _tokenKey = Derive("ebla/1 token");
            _sealingSalt = Derive("ebla/1 psk");
            using SecretBytes gearKey = DeriveNaming("ebla/1 gear");
            _gearTable = DeriveGearTable(gearKey.Span);
        }
    }

    /// <summary>The repository.</summary>
    public RepositoryId Repository { get; }

    /// <summary>The ring.</summary>
    public RingId Id { get; }

    /// <summary>The ring's cipher.</summary>
    public CipherSuite Suite { get; }

    /// <summary>How the ring cuts files.</summary>
    public ChunkerSettings Chunker { get; }

    /// <summary>When the ring was made, to the second.</summary>
    public DateTimeOffset Created { get; }

    /// <summary>Whether contents can be opened: the private content keys are there.</summary>
    public bool CanOpenSealings => _idKey is not null && _contentKeys.Any(key => key.PrivateKey is not null);

    /// <summary>Whether ids can be computed and frames sealed: the id key is there.</summary>
    public bool CanSeal => _idKey is not null;

    /// <summary>Key of the ids of file blobs.</summary>
    public ReadOnlySpan<byte> FileIdKey => NeedIdKey(_fileIdKey).Span;

    /// <summary>Key of the ids of tree blobs.</summary>
    public ReadOnlySpan<byte> TreeIdKey => NeedIdKey(_treeIdKey).Span;

    /// <summary>Key of the chunker's decisions.</summary>
    public ReadOnlySpan<byte> CutKey => NeedIdKey(_cutKey).Span;

    /// <summary>Key of group and tag tokens.</summary>
    public ReadOnlySpan<byte> TokenKey => NeedIdKey(_tokenKey).Span;

    /// <summary>The chunker's 256 secret words.</summary>
    public ReadOnlyMemory<ulong> GearTable => NeedIdKey(_gearTable);

    /// <summary>Whether equal content has equal ids in both: one was made like the other. False if an id key is not here.</summary>
    public bool SharesNamesWith(RingKeys other)
        => CanSeal && other.CanSeal
            && CryptographicOperations.FixedTimeEquals(FileIdKey, other.FileIdKey)
            && CryptographicOperations.FixedTimeEquals(TreeIdKey, other.TreeIdKey);

    /// <summary>Whether both cut files at the same places.</summary>
    public bool SharesCutsWith(RingKeys other)
        => CanSeal && other.CanSeal && Chunker == other.Chunker
            && CryptographicOperations.FixedTimeEquals(CutKey, other.CutKey)
            && GearTable.Span.SequenceEqual(other.GearTable.Span);

    /// <summary>A copy of what names and cuts come from, for a ring that is to be like this one. The caller disposes.</summary>
    internal NamingKey CopyNaming()
        => _naming?.Copy() ?? new NamingKey(SecretBytes.CopyOf(IdKey), Repository, Id);

    /// <summary>What names and cuts come from, if it is another ring's.</summary>
    internal NamingKey? Naming => _naming;

    internal ReadOnlySpan<byte> IdKey => NeedIdKey(_idKey).Span;

    internal ReadOnlySpan<byte> CatalogKey => _catalogKey.Span;

    internal IReadOnlyList<ContentKey> ContentKeys => _contentKeys;

    /// <summary>Size of the box of a plaintext of this length.</summary>
    public static int BoxSizeOf(int plaintextSize) => CatalogBox.SizeOf(plaintextSize);

    /// <summary>Seals under the catalog key with a fresh salt.</summary>
    /// <param name="kind">The object that will hold the box.</param>
    /// <param name="header">What stands before the box in the object, in the clear; it is authenticated.</param>
    /// <param name="plaintext">At most 1 GiB.</param>
    public byte[] SealBox(ObjectKind kind, ReadOnlySpan<byte> header, ReadOnlySpan<byte> plaintext)
        => CatalogBox.Seal(_catalogKey.Span, new(Repository, Id, Suite, kind), _entropy, header, plaintext);

    /// <summary>Opens a box.</summary>
    /// <param name="kind">As at sealing.</param>
    /// <param name="header">As at sealing.</param>
    /// <param name="box">The whole box.</param>
    /// <param name="plaintextMax">The largest plaintext in bytes; a larger one is refused before it is
    /// decrypted.</param>
    /// <exception cref="CorruptDataException">Anything is not as at sealing.</exception>
    public byte[] OpenBox(ObjectKind kind, ReadOnlySpan<byte> header, ReadOnlySpan<byte> box, int plaintextMax)
        => CatalogBox.Open(_catalogKey.Span, new(Repository, Id, Suite, kind), header, box, plaintextMax);

    /// <summary>A sealing with a fresh key, wrapped to the ring's newest content key. The caller disposes.</summary>
    public Sealing NewSealing()
    {
        ContentKey recipient = _contentKeys[^1];
        using SecretBytes key = SecretBytes.Random(_entropy, Sealing.KeySizeInBytes);
        using SecretBytes ephemeral = SecretBytes.Random(_entropy, X25519.KeySizeInBytes);
        using SecretBytes wrapKey = new(Hkdf.KeySizeInBytes);
        byte[] ephemeralPublicKey = X25519.PublicKeyOf(ephemeral.Span);
        // The public key was checked against small order when the ring was read.
        Invariant.Check(TryDeriveWrapKey(
            ephemeral.Span, recipient.PublicKey, ephemeralPublicKey, recipient.PublicKey, wrapKey.Span));
        using Sealing unwrapped = new(Repository, Id, Suite, key.Span);
        byte[] wrapped = new byte[SealingEntry.WrappedKeySizeInBytes];
        Aead.Encrypt(Suite, wrapKey.Span, unwrapped.Id.ToArray(), key.Span, wrapped);
        return new Sealing(Repository, Id, Suite, key.Span)
        {
            Entry = SealingEntry.Compose(Id, Suite, unwrapped.Id, new(recipient.Number, ephemeralPublicKey, wrapped)),
        };
    }

    /// <summary>Opens a stored sealing. The caller disposes.</summary>
    /// <exception cref="CorruptDataException">It is damaged, or not of this ring.</exception>
    /// <exception cref="WrongKeyException">It is sealed to a content key that this member does not hold.</exception>
    public Sealing OpenSealing(ReadOnlySpan<byte> entry)
    {
        SealingEntry parsed = SealingEntry.Read(entry);
        if (parsed.Ring != Id || parsed.Suite != Suite)
        {
            throw new CorruptDataException(
                $"Sealing {parsed.Id.ToShortString()} is not of this ring or has another cipher.");
        }
        bool isForUs = false;
        foreach (SealingEntry.Recipient recipient in parsed.Recipients)
        {
            ContentKey? contentKey = _contentKeys.FirstOrDefault(key => key.Number == recipient.ContentKeyNumber);
            if (contentKey?.PrivateKey is not { } privateKey || _idKey is null)
            {
                continue;
            }
            isForUs = true;
            if (TryUnwrap(parsed.Id, recipient, contentKey.PublicKey, privateKey.Span, entry, out Sealing? sealing))
            {
                return sealing;
            }
        }
        throw isForUs
            ? new CorruptDataException($"Sealing {parsed.Id.ToShortString()} does not open.")
            : new WrongKeyException(
                $"Sealing {parsed.Id.ToShortString()} is for a content key that these keys do not include.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SecretBytes? secret in
            (ReadOnlySpan<SecretBytes?>)[_idKey, _catalogKey, _fileIdKey, _treeIdKey, _cutKey, _tokenKey, _sealingSalt])
        {
            secret?.Dispose();
        }
        _naming?.Dispose();
        foreach (ContentKey key in _contentKeys)
        {
            key.PrivateKey?.Dispose();
        }
        _gearTable.AsSpan().Clear();
    }

    private static ulong[] DeriveGearTable(ReadOnlySpan<byte> gearKey)
    {
        using SecretBytes bytes = new(GearTableLength * sizeof(ulong));
        Blake3Hasher hasher = Blake3Hasher.CreateKeyed(gearKey);
        hasher.Finish(bytes.Span);
        ulong[] table = new ulong[GearTableLength];
        for (int i = 0; i < table.Length; i++)
        {
            table[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span[(i * sizeof(ulong))..]);
        }
        return table;
    }

    private static T NeedIdKey<T>(T? key)
        where T : class
        => key ?? throw new InvalidOperationException("This member's grant does not include the id key of the ring.");

    private SecretBytes Derive(string label) => Derive(IdKey, Repository, Id, label);

    private SecretBytes DeriveNaming(string label)
        => _naming is { } naming ? Derive(naming.Key.Span, naming.Repository, naming.Ring, label) : Derive(label);

    private static SecretBytes Derive(ReadOnlySpan<byte> idKey, RepositoryId repository, RingId ring, string label)
    {
        Span<byte> salt = stackalloc byte[RepositoryId.SizeInBytes];
        repository.Write(salt);
        InfoWriter info = new(stackalloc byte[InfoWriter.SizeInBytesMax]);
        info.Add(label);
        info.Add(ring);
        SecretBytes key = new(Hkdf.KeySizeInBytes);
        Hkdf.Derive(idKey, salt, info.Written, key.Span);
        return key;
    }

    private bool TryUnwrap(
        Hash256 id,
        SealingEntry.Recipient recipient,
        ReadOnlySpan<byte> contentPublicKey,
        ReadOnlySpan<byte> contentPrivateKey,
        ReadOnlySpan<byte> entry,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Sealing? sealing)
    {
        sealing = null;
        using SecretBytes wrapKey = new(Hkdf.KeySizeInBytes);
        using SecretBytes key = new(Sealing.KeySizeInBytes);
        if (!TryDeriveWrapKey(
                contentPrivateKey, recipient.EphemeralPublicKey,
                recipient.EphemeralPublicKey, contentPublicKey, wrapKey.Span)
            || !Aead.TryDecrypt(Suite, wrapKey.Span, id.ToArray(), recipient.WrappedKey, key.Span))
        {
            return false;
        }
        Sealing opened = new(Repository, Id, Suite, key.Span) { Entry = entry.ToArray() };
        if (!CryptographicOperations.FixedTimeEquals(opened.Id.ToArray(), id.ToArray()))
        {
            opened.Dispose();
            return false;
        }
        sealing = opened;
        return true;
    }

    private bool TryDeriveWrapKey(
        ReadOnlySpan<byte> privateKey,
        ReadOnlySpan<byte> publicKey,
        ReadOnlySpan<byte> ephemeralPublicKey,
        ReadOnlySpan<byte> contentPublicKey,
        Span<byte> wrapKey)
    {
        using SecretBytes sharedSecret = new(X25519.KeySizeInBytes);
        if (!X25519.TryAgree(privateKey, publicKey, sharedSecret.Span))
        {
            return false;
        }
        InfoWriter info = new(stackalloc byte[InfoWriter.SizeInBytesMax]);
        info.Add("ebla/1 wrap");
        info.Add(Repository);
        info.Add(Id);
        info.Add((byte)Suite);
        info.Add(SealingEntry.X25519Kem);
        info.Add(ephemeralPublicKey);
        info.Add(contentPublicKey);
        Hkdf.Derive(sharedSecret.Span, NeedIdKey(_sealingSalt).Span, info.Written, wrapKey);
        return true;
    }
}
