using Ebla.Encryption;
using Ebla.Primitives;

namespace Ebla.Keys;

/// <summary>
/// What has to be stored for a new repository, and the keys to work with it. The caller disposes the keys.
/// </summary>
/// <param name="HeaderBytes">The header file; to be written last, since it makes the repository one.</param>
/// <param name="KeyObjects">The key objects.</param>
/// <param name="Keys">All keys, unlocked.</param>
public sealed record NewRepository(byte[] HeaderBytes, IReadOnlyList<StoredKey> KeyObjects, UnlockedKeys Keys)
{
    /// <summary>
    /// Makes a repository with one owner, one ring and one slot. Takes about a second if it has a password.
    /// </summary>
    /// <exception cref="ArgumentException">A name is too long.</exception>
    public static NewRepository Create(RepositoryCreation creation)
    {
        ArgumentNullException.ThrowIfNull(creation);
        _ = CipherSuites.FromNumber((ulong)creation.Suite);
        IEntropy entropy = creation.Entropy;
        DateTimeOffset created = creation.Time.GetUtcNow();
        Span<byte> random = stackalloc byte[RepositoryId.SizeInBytes];
        entropy.Fill(random);
        RepositoryId repository = RepositoryId.Read(random);
        RootKey root = new(repository, SecretBytes.Random(entropy, Ed25519Key.SeedSizeInBytes));
        entropy.Fill(random);
        MemberKeys member = new(
            repository, MemberId.Read(random), SecretBytes.Random(entropy, MemberKeys.SeedSizeInBytes));
        entropy.Fill(random);
        RingKeys ring = NewRing(creation, repository, RingId.Read(random), created);
        RepositoryHeader header = new(repository, root.PublicKeyHash);
        UnlockedKeys? keys = null;
        try
        {
            StoredKey memberObject = MemberObject.Create(
                member, 1, MemberRole.Owner, creation.MemberName, created, ring, root);
            StoredKey grant = GrantObject.Create(member, 1, ring, root, entropy);
            KdfParameters? kdf = creation.Credential.Kinds.HasFlag(CredentialKinds.Password)
                ? creation.Kdf ?? KdfParameters.Calibrate()
                : null;
            StoredKey slot = SlotObject.Create(
                creation.Credential, kdf, member, root.PublicKey.ToArray(),
                root, ring, creation.SlotLabel, created, entropy);
            KnownMember owner = new(member.Id, creation.MemberName, MemberRole.Owner, member.SignPublicKey.ToArray());
            SlotInfo slotInfo = new(
                slot.Id, creation.Credential.Kinds, kdf, creation.SlotLabel, member.Id, WholeSeconds(created), true);
            keys = new UnlockedKeys(
                header, root.PublicKey.ToArray(), root, member, [ring], [owner], [slotInfo], [], entropy);
            return new NewRepository(header.ToArray(), [memberObject, grant, slot], keys);
        }
        finally
        {
            if (keys is null)
            {
                ring.Dispose();
                member.Dispose();
                root.Dispose();
            }
        }
    }

    private static DateTimeOffset WholeSeconds(DateTimeOffset time)
        => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());

    private static RingKeys NewRing(
        RepositoryCreation creation, RepositoryId repository, RingId id, DateTimeOffset created)
    {
        IEntropy entropy = creation.Entropy;
        SecretBytes idKey = SecretBytes.Random(entropy, RingKeys.KeySizeInBytes);
        SecretBytes catalogKey = SecretBytes.Random(entropy, RingKeys.KeySizeInBytes);
        SecretBytes contentKey = SecretBytes.Random(entropy, X25519.KeySizeInBytes);
        ContentKey content = new(1, X25519.PublicKeyOf(contentKey.Span), contentKey);
        return new RingKeys(
            repository, id, creation.Suite, creation.Like?.Chunker ?? creation.Chunker,
            WholeSeconds(created), idKey, catalogKey, [content], entropy, creation.Like?.CopyNaming());
    }
}
