using Ebla.Encryption;
using Ebla.Primitives;

namespace Ebla.Keys;

/// <summary>The private keys of one member, a machine or person. Safe for concurrent calls.</summary>
public sealed class MemberKeys : IDisposable
{
    internal const int SeedSizeInBytes = 32;

    private readonly RepositoryId _repository;
    private readonly SecretBytes _seed;
    private readonly SecretBytes _boxKey = new(X25519.KeySizeInBytes);
    private readonly SecretBytes _enrolmentKey = new(Hkdf.KeySizeInBytes);
    private readonly Ed25519Key _signKey;
    private readonly byte[] _boxPublicKey;

    /// <summary>Takes ownership of the seed.</summary>
    internal MemberKeys(RepositoryId repository, MemberId id, SecretBytes seed)
    {
        Invariant.Check(seed.Length == SeedSizeInBytes);
        _repository = repository;
        Id = id;
        _seed = seed;
        Span<byte> salt = stackalloc byte[RepositoryId.SizeInBytes];
        repository.Write(salt);
        using SecretBytes signSeed = new(Ed25519Key.SeedSizeInBytes);
        Hkdf.Derive(seed.Span, salt, "ebla/1 sign"u8, signSeed.Span);
        _signKey = new Ed25519Key(signSeed.Span);
        Hkdf.Derive(seed.Span, salt, "ebla/1 box"u8, _boxKey.Span);
        _boxPublicKey = X25519.PublicKeyOf(_boxKey.Span);
        Hkdf.Derive(seed.Span, salt, "ebla/1 enrol"u8, _enrolmentKey.Span);
    }

    /// <summary>The member.</summary>
    public MemberId Id { get; }

    /// <summary>The Ed25519 public key that verifies this member's signatures.</summary>
    public ReadOnlySpan<byte> SignPublicKey => _signKey.PublicKey;

    internal ReadOnlySpan<byte> BoxPublicKey => _boxPublicKey;

    internal ReadOnlySpan<byte> BoxPrivateKey => _boxKey.Span;

    /// <summary>The symmetric half of what opens this member's grants; the owner learns it at enrolment.</summary>
    internal ReadOnlySpan<byte> EnrolmentKey => _enrolmentKey.Span;

    internal ReadOnlySpan<byte> Seed => _seed.Span;

    /// <summary>Signs bytes as they will be stored.</summary>
    /// <param name="kind">What is signed, so that no signature serves for anything else: 1 to 32 of a-z and
    /// hyphen.</param>
    /// <param name="body">The bytes.</param>
    /// <returns>64 bytes.</returns>
    public byte[] Sign(string kind, ReadOnlySpan<byte> body) => Signatures.Sign(_signKey, _repository, kind, body);

    /// <summary>Whether this member signed these bytes as this kind.</summary>
    public bool Verify(string kind, ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature)
        => Signatures.Verify(_repository, SignPublicKey, kind, body, signature);

    /// <inheritdoc/>
    public void Dispose()
    {
        _signKey.Dispose();
        _boxKey.Dispose();
        _enrolmentKey.Dispose();
        _seed.Dispose();
    }
}
