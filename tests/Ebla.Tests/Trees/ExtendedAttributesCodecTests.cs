using System.Globalization;
using System.Security.Cryptography;
using Ebla.Primitives;
using Ebla.Trees;
using Xunit;

namespace Ebla.Tests.Trees;

public sealed class ExtendedAttributesCodecTests
{
    [Fact]
    public void Every_set_reads_back_as_written_and_has_the_length_that_was_foretold()
    {
        int seed = RandomNumberGenerator.GetInt32(int.MaxValue);
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}"));
        Random random = new(seed);
        for (int round = 0; round < 200; round++)
        {
            ExtendedAttribute[] set = TestNode.Attributes(random, round < 190 ? 40 : 5000, round % 10 == 0 ? 64 << 10 : 300);
            if (ExtendedAttributesCodec.SizeOf(set) > ExtendedAttributesCodec.SizeInBytesMax)
            {
                continue;
            }
            byte[] encoding = ExtendedAttributesCodec.Encode(set);
            Assert.Equal(ExtendedAttributesCodec.SizeOf(set), encoding.Length);
            Assert.Equal(set, ExtendedAttributesCodec.Decode(encoding));
        }
    }

    [Fact]
    public void A_set_beyond_the_limit_is_refused_and_one_at_it_is_not()
    {
        List<ExtendedAttribute> set = [];
        byte[] longest = new byte[ExtendedAttributesCodec.ValueSizeInBytesMax];
        for (int i = 0; ExtendedAttributesCodec.SizeOf(set) + longest.Length + 20 <= ExtendedAttributesCodec.SizeInBytesMax; i++)
        {
            set.Add(new ExtendedAttribute(ByteName.FromText($"user.{i:D5}"), longest));
        }
        long rest = ExtendedAttributesCodec.SizeInBytesMax - ExtendedAttributesCodec.SizeOf(set);
        set.Add(new ExtendedAttribute(ByteName.FromText("user.last"), new byte[rest - 15]));
        Assert.Equal(ExtendedAttributesCodec.SizeInBytesMax, ExtendedAttributesCodec.SizeOf(set));
        Assert.Equal(set, ExtendedAttributesCodec.Decode(ExtendedAttributesCodec.Encode(set)));
        set[^1] = new ExtendedAttribute(ByteName.FromText("user.last"), new byte[rest - 14]);
        _ = Assert.Throws<CorruptDataException>(() => ExtendedAttributesCodec.Encode(set));
    }

    [Fact]
    public void A_name_or_value_that_none_can_have_is_refused()
    {
        foreach (ExtendedAttribute bad in (ExtendedAttribute[])[
            new(default, default), new(new ByteName(new byte[3]), default), new(new ByteName([.. Enumerable.Repeat((byte)'n', 256)]), default),
            new(ByteName.FromText("user.a"), new byte[ExtendedAttributesCodec.ValueSizeInBytesMax + 1])])
        {
            _ = Assert.Throws<CorruptDataException>(() => ExtendedAttributesCodec.Encode([bad]));
        }
        _ = Assert.Throws<CorruptDataException>(() => ExtendedAttributesCodec.Encode([]));
    }
}
