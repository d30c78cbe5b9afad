using Ebla.Indexing;
using Xunit;

namespace Ebla.Tests.Indexing;

public sealed class VisitedBlobsTests
{
    private const int Count = 3_000_000;

    [Fact]
    public void What_was_taken_back_can_be_set_anew()
    {
        VisitedBlobs visited = new(Count);
        long[] some = [0, 1, 63, 64, (1 << 20) - 1, 1 << 20, Count - 1];
        Assert.All(some, ordinal => Assert.True(visited.Add(ordinal)));
        Assert.All(some, ordinal => Assert.False(visited.Add(ordinal)));
        Assert.Equal(some, visited.All());
        visited.Clear();
        Assert.Empty(visited.All());
        Assert.All(some, ordinal => Assert.False(visited.Contains(ordinal)));
        Assert.All(some, ordinal => Assert.True(visited.Add(ordinal)));
    }

    [Fact]
    public void What_came_into_the_index_since_has_bits_too()
    {
        VisitedBlobs visited = new(10);
        Assert.False(visited.Contains(5_000_000));
        Assert.True(visited.Add(5_000_000));
        Assert.False(visited.Add(5_000_000));
        Assert.True(visited.Contains(5_000_000));
        Assert.Equal([5_000_000], visited.All());
    }
}
