using Ebla.Primitives;

namespace Ebla.Encryption;

/// <summary>Chooses and checks cipher suites.</summary>
public static class CipherSuites
{
    /// <summary>AES where the CPU has instructions for it, else ChaCha20.</summary>
    public static CipherSuite Fastest =>
        System.Runtime.Intrinsics.X86.Aes.IsSupported || System.Runtime.Intrinsics.Arm.Aes.IsSupported
            ? CipherSuite.AesGcm
            : CipherSuite.ChaCha20Poly1305;

    /// <summary>The suite of a stored number.</summary>
    /// <exception cref="UnsupportedFormatException">This program does not know the number.</exception>
    internal static CipherSuite FromNumber(ulong number) => number switch
    {
        (ulong)CipherSuite.AesGcm => CipherSuite.AesGcm,
        (ulong)CipherSuite.ChaCha20Poly1305 => CipherSuite.ChaCha20Poly1305,
        _ => throw new UnsupportedFormatException($"Cipher suite {number} is not known to this version of Ebla."),
    };
}
