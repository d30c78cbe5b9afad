using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Primitives;

public sealed class PadmeTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(9, 10)]
    [InlineData(1023, 1024)]
    [InlineData(1025, 1088)]
    [InlineData(1 << 20, 1 << 20)]
    [InlineData((1 << 20) + 1, (1 << 20) + (1 << 15))]
    public void A_length_rounds_up_to_its_Padme_length(long length, long expected)
        => Assert.Equal(expected, Padme.Round(length));

    [Fact]
    public void Rounding_never_shrinks_is_idempotent_and_costs_at_most_an_eighth()
    {
        for (long length = 1; length < 1 << 40; length += 1 + length / 977)
        {
            long padded = Padme.Round(length);
            Assert.True(padded >= length);
            Assert.Equal(padded, Padme.Round(padded));
            Assert.True(padded - length <= length / 8 + 1);
        }
    }
}
