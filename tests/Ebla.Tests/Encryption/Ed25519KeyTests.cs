using Ebla.Encryption;
using Xunit;

namespace Ebla.Tests.Encryption;

public sealed class Ed25519KeyTests
{
    // RFC 8032, section 7.1, tests 1 and 2.
    [Theory]
    [InlineData(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    public void The_vectors_of_RFC_8032_come_out(string seed, string publicKey, string message, string signature)
    {
        using Ed25519Key key = new(Convert.FromHexString(seed));
        Assert.Equal(publicKey, Convert.ToHexStringLower(key.PublicKey));
        Assert.Equal(signature, Convert.ToHexStringLower(key.Sign(Convert.FromHexString(message))));
    }

    [Fact]
    public void Any_changed_byte_makes_a_signature_wrong()
    {
        using Ed25519Key key = new(new byte[32]);
        byte[] message = [1, 2, 3];
        byte[] signature = key.Sign(message);
        Assert.True(Ed25519Key.Verify(key.PublicKey, message, signature));
        Assert.False(Ed25519Key.Verify(key.PublicKey, message.AsSpan(1), signature));
        Assert.False(Ed25519Key.Verify(key.PublicKey, message, signature.AsSpan(1)));
        Assert.False(Ed25519Key.Verify(key.PublicKey, message, []));
        for (int i = 0; i < signature.Length; i++)
        {
            byte[] changed = signature.ToArray();
            changed[i] ^= 0x80;
            Assert.False(Ed25519Key.Verify(key.PublicKey, message, changed));
        }
        for (int i = 0; i < 32; i++)
        {
            byte[] changed = key.PublicKey.ToArray();
            changed[i] ^= 1;
            Assert.False(Ed25519Key.Verify(changed, message, signature));
        }
    }

    [Fact]
    public void The_neutral_point_is_no_public_key()
    {
        // A = the neutral point, R = the neutral point, S = 0 satisfies the equation for every message.
        byte[] neutral = new byte[32];
        neutral[0] = 1;
        Assert.False(Ed25519Key.Verify(neutral, [1], [.. neutral, .. new byte[32]]));
    }

    // The same key, message and scalar; the second R has a component of order 8, which only an equation with the
    // cofactor would let through. Readers must agree on this (docs/format.md, "Signatures").
    [Theory]
    [InlineData(
        true,
        "3e54c441927f9f0ee5e13e34f0b0404c5043651a8f4b7ef087a1c42262a85d0a"
        + "90ccc9ccea89d4d58488d61c2ccf73560a2ad7880ab407b2e1068081d5572403")]
    [InlineData(
        false,
        "607055ca3d4aa8af26961afb12b1e60a75fac88f9c260ff25806631dbb269159"
        + "5bae01183998e364034162e6e593ae083059c3403c88683a66c4edb696c9ee0c")]
    public void The_equation_is_checked_without_the_cofactor(bool expected, string signature)
        => Assert.Equal(expected, Ed25519Key.Verify(
            Convert.FromHexString("88aa55e6afeed8960a3191de78600347db8acd0a3795412f275f049b86260488"),
            "msg"u8,
            Convert.FromHexString(signature)));
}
