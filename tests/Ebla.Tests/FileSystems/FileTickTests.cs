using Ebla.FileSystems;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.FileSystems;

public sealed class FileTickTests
{
    [Theory]
    [InlineData(1000, 500_000_000, 1000, 500_000_000, 10)] // This very tick.
    [InlineData(1000, 500_000_000, 1000, 504_000_000, 0)] // The next one.
    [InlineData(1000, 503_000_000, 1000, 500_000_000, 10)] // Finer than the tick's clock, and so ahead of it.
    [InlineData(1000, 999_000_000, 1001, 1_000_000, 0)]
    [InlineData(1001, 2_000_000, 1000, 999_000_000, 10)]
    [InlineData(1005, 500_000_000, 1000, 500_000_000, 0)] // Far ahead: from another clock.
    [InlineData(900, 500_000_000, 1000, 500_000_000, 0)]
    [InlineData(1000, 0, 1000, 500_000_000, 1501)] // No fraction: a file system that counts whole or even seconds.
    [InlineData(1000, 0, 1001, 999_000_000, 2)]
    [InlineData(1000, 0, 1002, 0, 0)]
    [InlineData(1000, 0, 1000, 0, 2001)]
    [InlineData(1000, 0, 999, 990_000_000, 10)]
    [InlineData(long.MinValue, 0, 1000, 0, 0)]
    [InlineData(long.MaxValue, 0, 1000, 0, 0)]
    public void A_file_is_settled_when_a_change_would_move_its_change_time(
        long seconds, int nanoseconds, long nowSeconds, int nowNanoseconds, int waitInMilliseconds)
        => Assert.Equal(
            TimeSpan.FromMilliseconds(waitInMilliseconds),
            FileTick.TimeLeft(new UnixTime(seconds, nanoseconds), new UnixTime(nowSeconds, nowNanoseconds)));

    [Theory]
    [MemberData(nameof(TestFolder.Roots), MemberType = typeof(TestFolder))]
    public async Task After_settling_a_change_shows_in_the_change_time(string root)
    {
        using TestFolder folder = new(root);
        for (int i = 0; i < 50; i++)
        {
            folder.Write("file", $"{i}");
            using SourceFile file = folder.Source.OpenFile(TestFolder.Name("file"));
            Assert.True(await file.SettleAsync(TestContext.Current.CancellationToken));
            UnixTime before = file.Metadata.ChangedTime;
            folder.Write("file", $"{i + 1}");
            Assert.NotEqual(before, file.Stat().ChangedTime);
        }
    }
}
