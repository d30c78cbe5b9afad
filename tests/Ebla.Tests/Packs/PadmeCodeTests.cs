using Ebla.Packs;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Packs;

public sealed class PadmeCodeTests
{
    [Fact]
    public void Every_length_up_to_a_mebibyte_comes_back_as_its_Padme_length()
    {
        for (int length = 0; length <= 1 << 20; length++)
        {
            if (PadmeCode.Decode(PadmeCode.Encode(length)) != Padme.Round(length))
            {
                Assert.Fail($"length {length}");
            }
        }
    }

    [Fact]
    public void Lengths_up_to_the_limit_come_back_as_their_Padme_length()
    {
        for (long length = 1 << 20; length <= PadmeCode.LengthMax; length += 1 + length / 1013)
        {
            Assert.Equal(Padme.Round(length), PadmeCode.Decode(PadmeCode.Encode((int)length)));
        }
        Assert.Equal(PadmeCode.LengthMax, PadmeCode.Decode(PadmeCode.Encode(PadmeCode.LengthMax)));
        Assert.Equal(PadmeCode.LengthMax, Padme.Round(PadmeCode.LengthMax));
        Assert.True(Padme.Round(PadmeCode.LengthMax + 1L) > int.MaxValue);
    }

    [Fact]
    public void A_code_decodes_only_if_a_length_encodes_to_it()
    {
        int valid = 0;
        for (int code = 0; code <= ushort.MaxValue; code++)
        {
            try
            {
                int length = PadmeCode.Decode((ushort)code);
                Assert.Equal(code, PadmeCode.Encode(length));
                valid++;
            }
            catch (CorruptDataException)
            {
                // Typed, as it should be.
            }
        }
        Assert.InRange(valid, 256, 1024);
    }
}
