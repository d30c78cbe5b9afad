using Ebla.Encryption;
using Ebla.Primitives;

namespace Ebla.Keys;

/// <summary>All that a member knows after opening a slot. Safe for concurrent calls; the caller disposes.</summary>
public sealed class UnlockedKeys : IDisposable
{
    private readonly byte[] _rootPublicKey;
    private readonly RootKey? _root;
    private readonly Dictionary<MemberId, KnownMember> _members;

    /// <summary>Takes ownership of the keys.</summary>
    internal UnlockedKeys(
        RepositoryHeader header,
        byte[] rootPublicKey,
        RootKey? root,
        MemberKeys member,
        IReadOnlyList<RingKeys> rings,
        IReadOnlyList<KnownMember> members,
        IReadOnlyList<SlotInfo> slots,
        IReadOnlyList<KeyFinding> findings,
        IEntropy entropy)
    {
        Invariant.Check(rings.Count > 0);
        Header = header;
        _rootPublicKey = rootPublicKey;
        _root = root;
        Member = member;
        Rings = rings;
        _members = members.ToDictionary(known => known.Id);
        Slots = slots;
        Findings = findings;
        Entropy = entropy;
    }

    /// <summary>The repository's header.</summary>
    public RepositoryHeader Header { get; }

    /// <summary>The keys of the member whose slot was opened.</summary>
    public MemberKeys Member { get; }

    /// <summary>Its role.</summary>
    public MemberRole Role => _members[Member.Id].Role;

    /// <summary>Whether the root key is here.</summary>
    public bool IsOwner => _root is not null;

    /// <summary>The rings granted to the member, oldest first; at least one.</summary>
    public IReadOnlyList<RingKeys> Rings { get; }

    /// <summary>The oldest ring, which a repository starts with.</summary>
    public RingKeys Ring => Rings[0];

    /// <summary>Every member that the root key vouches for.</summary>
    public IReadOnlyDictionary<MemberId, KnownMember> Members => _members;

    /// <summary>The slots that could be read, by their creation time.</summary>
    public IReadOnlyList<SlotInfo> Slots { get; }

    /// <summary>Key objects that are damaged, foreign or not understood.</summary>
    public IReadOnlyList<KeyFinding> Findings { get; }

    /// <summary>Where the nonces and ids of what is written with these keys come from.</summary>
    internal IEntropy Entropy { get; }

    /// <summary>Opens a repository. Takes about a second per password slot tried.</summary>
    /// <param name="headerBytes">The header file.</param>
    /// <param name="keyObjects">All key objects.</param>
    /// <param name="credential">What the user gave.</param>
    /// <exception cref="WrongKeyException">No slot opens with the credential.</exception>
    /// <exception cref="CorruptDataException">The header is damaged, or what the member needs is damaged or
    /// missing.</exception>
    /// <exception cref="UnsupportedFormatException">A newer version of Ebla is needed.</exception>
    public static UnlockedKeys Open(
        ReadOnlySpan<byte> headerBytes, IReadOnlyList<StoredKey> keyObjects, Credential credential)
        => Open(headerBytes, keyObjects, credential, SystemEntropy.Instance);

    internal static UnlockedKeys Open(
        ReadOnlySpan<byte> headerBytes, IReadOnlyList<StoredKey> keyObjects, Credential credential, IEntropy entropy)
        => new KeyOpening(RepositoryHeader.Read(headerBytes), keyObjects, entropy).Open(credential);

    /// <summary>Whether a known member signed these bytes as this kind. False for unknown members.</summary>
    public bool Verify(MemberId member, string kind, ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature)
        => _members.TryGetValue(member, out KnownMember? known)
            && Signatures.Verify(Header.Repository, known.SignPublicKey.Span, kind, body, signature);

    /// <summary>Whether the root key signed these bytes as this kind.</summary>
    public bool VerifyRoot(string kind, ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature)
        => Signatures.Verify(Header.Repository, _rootPublicKey, kind, body, signature);

    /// <summary>Signs with the root key. Only the owner can.</summary>
    /// <exception cref="InvalidOperationException">This member is not the owner.</exception>
    public byte[] SignAsRoot(string kind, ReadOnlySpan<byte> body)
        => (_root ?? throw new InvalidOperationException("Only the owner has the root key.")).Sign(kind, body);

    /// <summary>
    /// A further slot for this member. It counts once it is stored. Takes about a second if it has a password.
    /// </summary>
    /// <param name="credential">What will open it.</param>
    /// <param name="label">At most 256 bytes, no control characters.</param>
    /// <param name="created">The time now.</param>
    /// <param name="kdf">What a guess at the password costs; null to calibrate it.</param>
    /// <exception cref="ArgumentException">The label is not valid.</exception>
    public StoredKey NewSlot(Credential credential, string label, DateTimeOffset created, KdfParameters? kdf = null)
    {
        ArgumentNullException.ThrowIfNull(credential);
        KdfParameters? used =
            credential.Kinds.HasFlag(CredentialKinds.Password) ? kdf ?? KdfParameters.Calibrate() : null;
        return SlotObject.Create(credential, used, Member, _rootPublicKey, _root, Ring, label, created, Entropy);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (RingKeys ring in Rings)
        {
            ring.Dispose();
        }
        Member.Dispose();
        _root?.Dispose();
    }
}
