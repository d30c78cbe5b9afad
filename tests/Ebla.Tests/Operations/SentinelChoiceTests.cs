using Ebla.Operations.Backups.Sentinels;
using Xunit;

namespace Ebla.Tests.Operations;

public sealed class SentinelChoiceTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(30)]
    [InlineData(31)]
    public void As_many_backups_as_the_share_says_read_every_file_once(int divisor)
    {
        Random random = new(divisor);
        foreach (long start in new[] { 0, long.MaxValue, random.NextInt64() })
        {
            // Neighbouring numbers, as a file system gives them, and others.
            Dictionary<ulong, int> reads = Enumerable.Range(1, 5000).Select(number => (ulong)number)
                .Concat(Enumerable.Range(0, 5000).Select(_ => (ulong)random.NextInt64()))
                .ToDictionary(inode => inode, _ => 0);
            long position = start;
            for (int run = 0; run < divisor; run++)
            {
                var choice = SentinelChoice.Of(SentinelShare.OneOf(divisor), position, 0);
                int count = 0;
                foreach (ulong inode in reads.Keys)
                {
                    if (choice.Includes(inode))
                    {
                        reads[inode]++;
                        count++;
                    }
                }
                Assert.InRange(count, 10_000 / divisor * 0.6, 10_000.0 / divisor * 1.4);
                position = choice.End;
            }
            Assert.All(reads, pair => Assert.Equal(1, pair.Value));
        }
    }

    [Fact]
    public void However_the_share_changes_no_file_is_passed_over()
    {
        for (int seed = 1; seed <= 100; seed++)
        {
            Random random = new(seed);
            ulong inode = (ulong)random.NextInt64();
            long position = random.NextInt64();
            int turns = 0;
            double way = 0;
            for (int run = 0; run < 200; run++)
            {
                int kind = random.Next(3);
                int divisor = random.Next(2, 40);
                SentinelShare share = kind switch
                {
                    0 => SentinelShare.OneOf(divisor),
                    1 => SentinelShare.Budget(1_000_000 / divisor),
                    _ => SentinelShare.Off,
                };
                var choice = SentinelChoice.Of(share, position, 1_000_000);
                turns += choice.Includes(inode) ? 1 : 0;
                way += kind == 2 ? 0 : 1.0 / divisor;
                position = choice.End;
            }
            Assert.True(Math.Abs(turns - way) <= 1.01, $"seed {seed}: {turns} turns in {way} rounds");
        }
    }

    [Theory]
    [InlineData(1_000_000, 10_000)]
    [InlineData(1_000_000, 500_000)]
    [InlineData(long.MaxValue, long.MaxValue / 3)]
    public void A_budget_reads_its_share_of_all_bytes(long size, long budget)
    {
        var choice = SentinelChoice.Of(SentinelShare.Budget(budget), 12345, size);
        double share = Enumerable.Range(1, 100_000).Count(inode => choice.Includes((ulong)inode)) / 100_000.0;
        Assert.InRange(share, (double)budget / size * 0.9, (double)budget / size * 1.1);
    }

    [Fact]
    public void Off_reads_nothing_and_a_budget_above_all_everything()
    {
        var none = SentinelChoice.Of(SentinelShare.Off, 77, 1000);
        var all = SentinelChoice.Of(SentinelShare.Budget(1000), 77, 1000);
        Assert.DoesNotContain(Enumerable.Range(0, 1000), inode => none.Includes((ulong)inode));
        Assert.All(Enumerable.Range(0, 1000), inode => Assert.True(all.Includes((ulong)inode)));
        Assert.Equal(77, none.End);
        Assert.Equal(77, all.End);
        Assert.True(SentinelChoice.Of(SentinelShare.Budget(1), 0, 0).Includes(5)); // The previous snapshot had no bytes.
    }
}
