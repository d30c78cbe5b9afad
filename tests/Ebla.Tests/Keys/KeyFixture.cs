using System.Security.Cryptography;
using System.Text;
using Ebla.Encryption;
using Ebla.Keys;
using Microsoft.Extensions.Time.Testing;

namespace Ebla.Tests.Keys;

/// <summary>Repositories with cheap password slots and known entropy.</summary>
internal static class KeyFixture
{
    public const string Password = "correct horse battery staple";

    public static readonly DateTimeOffset Created = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static readonly ChunkerSettings Chunker = new(48 * 1024, 128 * 1024, 512 * 1024);

    public static KdfParameters CheapKdf => KdfParameters.FromStored(64, 2);

    public static byte[] KeyFileContent => SHA256.HashData(Encoding.ASCII.GetBytes("key file"));

    public static Credential PasswordCredential => Credential.FromPassword(Password);

    public static Credential KeyFileCredential => Credential.FromKeyFile(KeyFileContent);

    public static Credential BothCredential => Credential.FromPasswordAndKeyFile(Password, KeyFileContent);

    public static NewRepository Create(
        Credential credential, string seed = "fixture", CipherSuite suite = CipherSuite.AesGcm)
        => NewRepository.Create(new RepositoryCreation
        {
            Credential = credential,
            MemberName = "åsa@tablet",
            Chunker = Chunker,
            Suite = suite,
            Kdf = CheapKdf,
            SlotLabel = "first",
            Time = new FakeTimeProvider(Created),
            Entropy = new DeterministicEntropy(seed),
        });

    /// <summary>The bytes under their own name, so that damage reaches the checks behind the name.</summary>
    public static StoredKey Renamed(byte[] bytes) => StoredKey.Named(bytes);

    public static byte[] Flipped(ReadOnlySpan<byte> bytes, int index)
    {
        byte[] copy = bytes.ToArray();
        copy[index] ^= (byte)(1 << (index % 8));
        return copy;
    }
}
