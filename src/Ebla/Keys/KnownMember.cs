using Ebla.Primitives;

namespace Ebla.Keys;

/// <summary>A member as the root key vouches for it.</summary>
/// <param name="Id">The member.</param>
/// <param name="Name">Its name, for people; empty if it could not be read.</param>
/// <param name="Role">What it may do.</param>
/// <param name="SignPublicKey">Its Ed25519 public key, 32 bytes.</param>
public sealed record KnownMember(MemberId Id, string Name, MemberRole Role, ReadOnlyMemory<byte> SignPublicKey);
