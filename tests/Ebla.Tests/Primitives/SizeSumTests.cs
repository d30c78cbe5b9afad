using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Primitives;

public sealed class SizeSumTests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 2, 3)]
    [InlineData(5, -2, 3)]
    [InlineData(long.MaxValue - 1, 1, long.MaxValue)]
    [InlineData(long.MaxValue, 1, long.MaxValue)]
    [InlineData(1, long.MaxValue, long.MaxValue)]
    [InlineData(long.MaxValue, long.MaxValue, long.MaxValue)]
    public void A_sum_stays_at_the_largest_number(long sum, long size, long expected)
    {
        Assert.Equal(expected, SizeSum.Plus(sum, size));
        SizeSum.Count(ref sum, size);
        Assert.Equal(expected, sum);
    }

    [Fact]
    public void No_size_is_lost_when_many_threads_count()
    {
        long sum = 0;
        _ = Parallel.For(0, 8, _ =>
        {
            for (int i = 1; i <= 10_000; i++)
            {
                SizeSum.Count(ref sum, i);
            }
        });
        Assert.Equal(8L * 10_000 * 10_001 / 2, sum);
    }
}
