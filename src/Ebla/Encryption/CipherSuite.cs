namespace Ebla.Encryption;

/// <summary>
/// The cipher of a ring. The numbers stand in the format; 0 is kept for rings without encryption and refused.
/// </summary>
public enum CipherSuite : byte
{
    /// <summary>AES-256-GCM, for CPUs with AES instructions.</summary>
    AesGcm = 1,

    /// <summary>ChaCha20-Poly1305 (RFC 8439), for all others.</summary>
    ChaCha20Poly1305 = 2,
}
