using System.Security.Cryptography;
using Ebla.Primitives;
using NSec.Cryptography;

namespace Ebla.Encryption;

/// <summary>Argon2id, version 1.3, one lane (RFC 9106, by libsodium), to 32 bytes.</summary>
internal static class Argon2id
{
    public const int SaltSizeInBytes = 16;

    public const int OutputSizeInBytes = 32;

    /// <summary>False if there is not enough memory. The memory is given back on return.</summary>
    public static bool TryDerive(
        ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, KdfParameters parameters, Span<byte> output)
    {
        Invariant.Check(salt.Length == SaltSizeInBytes && output.Length == OutputSizeInBytes);
        // Linux hands out memory that it does not have and kills the process that uses it.
        if (parameters.MemoryInKibibytes * 1024L > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)
        {
            return false;
        }
        NSec.Cryptography.Argon2id algorithm = PasswordBasedKeyDerivationAlgorithm.Argon2id(new Argon2Parameters
        {
            DegreeOfParallelism = 1,
            MemorySize = parameters.MemoryInKibibytes,
            NumberOfPasses = parameters.Passes,
        });
        try
        {
            algorithm.DeriveBytes(password, salt, output);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
