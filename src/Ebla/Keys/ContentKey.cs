using Ebla.Encryption;

namespace Ebla.Keys;

/// <summary>A numbered X25519 pair of a ring; writers seal to the public half, readers hold the private one.</summary>
internal sealed record ContentKey(uint Number, byte[] PublicKey, SecretBytes? PrivateKey);
