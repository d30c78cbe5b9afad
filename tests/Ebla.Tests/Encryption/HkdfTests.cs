using System.Security.Cryptography;
using Ebla.Encryption;
using Xunit;

namespace Ebla.Tests.Encryption;

public sealed class HkdfTests
{
    // RFC 5869, test cases 1 to 3, the first 32 bytes of the output.
    [Theory]
    [InlineData(
        "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
        "000102030405060708090a0b0c",
        "f0f1f2f3f4f5f6f7f8f9",
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf")]
    [InlineData(
        "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
        "",
        "",
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d")]
    public void The_vectors_of_RFC_5869_come_out(string inputKey, string salt, string info, string expected)
    {
        byte[] key = new byte[32];
        Hkdf.Derive(Convert.FromHexString(inputKey), Convert.FromHexString(salt), Convert.FromHexString(info), key);
        Assert.Equal(expected, Convert.ToHexStringLower(key));
    }

    [Fact]
    public void It_agrees_with_the_class_of_the_BCL_for_all_lengths()
    {
        for (int length = 0; length < 200; length++)
        {
            byte[] bytes = RandomNumberGenerator.GetBytes(length + 1);
            byte[] salt = RandomNumberGenerator.GetBytes(length % 70);
            byte[] key = new byte[32];
            Hkdf.Derive(bytes, salt, bytes.AsSpan(1), key);
            Assert.Equal(HKDF.DeriveKey(HashAlgorithmName.SHA256, bytes, 32, salt, bytes[1..]), key);
        }
    }
}
