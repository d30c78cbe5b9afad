using Ebla.Indexing;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Indexing;

public sealed class RecentIdsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(100_000_000)]
    public void What_it_says_to_have_seen_it_has_seen(long entryCount)
    {
        RecentIds recent = new(entryCount);
        Random random = new(1);
        HashSet<ShortId> seen = [];
        int known = 0;
        for (int i = 0; i < 100_000; i++)
        {
            // Not spread over the places as hashes are.
            ShortId id = new(new UInt128((ulong)random.Next(3), (ulong)random.Next(2000)));
            if (recent.TryAdd(id))
            {
                _ = seen.Add(id);
            }
            else
            {
                Assert.Contains(id, seen);
                known++;
            }
        }
        Assert.True(entryCount < 1000 || known > 10_000, $"{known} of 100,000 were known again");
    }

    [Fact]
    public void The_last_four_of_a_place_stay_and_the_id_zero_is_always_new()
    {
        RecentIds recent = new(4);
        ShortId[] ids = [.. Enumerable.Range(1, 4).Select(number => new ShortId(new UInt128(7, (ulong)number)))];
        Assert.All(ids, id => Assert.True(recent.TryAdd(id)));
        Assert.All(ids, id => Assert.False(recent.TryAdd(id)));
        Assert.True(recent.TryAdd(new ShortId(new UInt128(8, 0))));
        Assert.True(recent.TryAdd(ids[0]));
        Assert.False(recent.TryAdd(ids[3]));
        Assert.True(recent.TryAdd(default));
        Assert.True(recent.TryAdd(default));
    }
}
