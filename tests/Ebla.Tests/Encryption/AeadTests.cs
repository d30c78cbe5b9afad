using System.Security.Cryptography;
using Ebla.Encryption;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;
using Xunit;

namespace Ebla.Tests.Encryption;

public sealed class AeadTests
{
    // McGrew and Viega, "The Galois/Counter Mode of Operation", test cases 13 and 14: key and nonce are zero.
    [Theory]
    [InlineData("", "530f8afbc74536b9a963b4f1c4cb738b")]
    [InlineData("00000000000000000000000000000000", "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919")]
    public void The_vectors_of_GCM_come_out(string plaintext, string expected)
    {
        byte[] source = Convert.FromHexString(plaintext);
        byte[] destination = new byte[source.Length + Aead.TagSizeInBytes];
        Aead.Encrypt(CipherSuite.AesGcm, new byte[32], [], source, destination);
        Assert.Equal(expected, Convert.ToHexStringLower(destination));
    }

    [Theory]
    [InlineData(CipherSuite.AesGcm)]
    [InlineData(CipherSuite.ChaCha20Poly1305)]
    public void Both_ciphers_agree_with_BouncyCastle_under_nonce_zero(CipherSuite suite)
    {
        foreach (int length in (int[])[0, 1, 15, 16, 17, 63, 64, 65, 1000, 4096])
        {
            byte[] key = RandomNumberGenerator.GetBytes(32);
            byte[] associatedData = RandomNumberGenerator.GetBytes(length % 120);
            byte[] plaintext = RandomNumberGenerator.GetBytes(length);
            byte[] destination = new byte[length + Aead.TagSizeInBytes];
            Aead.Encrypt(suite, key, associatedData, plaintext, destination);
            IAeadCipher reference = suite == CipherSuite.AesGcm
                ? new GcmBlockCipher(new Org.BouncyCastle.Crypto.Engines.AesEngine())
                : new Org.BouncyCastle.Crypto.Modes.ChaCha20Poly1305();
            reference.Init(true, new AeadParameters(new KeyParameter(key), 128, new byte[12], associatedData));
            byte[] expected = new byte[reference.GetOutputSize(length)];
            int written = reference.ProcessBytes(plaintext, 0, length, expected, 0);
            _ = reference.DoFinal(expected, written);
            Assert.Equal(expected, destination);
        }
    }

    [Theory]
    [InlineData(CipherSuite.AesGcm)]
    [InlineData(CipherSuite.ChaCha20Poly1305)]
    public void Any_changed_byte_is_refused_and_leaves_no_plaintext(CipherSuite suite)
    {
        byte[] key = new byte[32];
        byte[] plaintext = [.. Enumerable.Range(1, 50).Select(i => (byte)i)];
        byte[] sealedBytes = new byte[plaintext.Length + Aead.TagSizeInBytes];
        Aead.Encrypt(suite, key, [7], plaintext, sealedBytes);
        byte[] opened = new byte[plaintext.Length];
        Assert.True(Aead.TryDecrypt(suite, key, [7], sealedBytes, opened));
        Assert.Equal(plaintext, opened);
        Assert.False(Aead.TryDecrypt(suite, key, [8], sealedBytes, opened));
        for (int i = 0; i < sealedBytes.Length; i++)
        {
            byte[] changed = sealedBytes.ToArray();
            changed[i] ^= 4;
            opened.AsSpan().Fill(1);
            Assert.False(Aead.TryDecrypt(suite, key, [7], changed, opened));
            Assert.All(opened, b => Assert.Equal(0, b));
        }
    }
}
