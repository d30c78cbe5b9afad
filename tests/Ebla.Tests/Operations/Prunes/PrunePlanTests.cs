using Ebla.Operations.Prunes;
using Ebla.Packs;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Operations.Prunes;

public sealed class PrunePlanTests
{
    private const int Full = 16 << 20;

    [Fact]
    public void Unused_packs_go_and_those_with_least_use_are_repacked_until_little_is_left_unused()
    {
        PackUse[] packs = [Use(1, Full, 0), Use(2, Full, 0.1), Use(3, Full, 0.9), Use(4, Full, 0.97), Use(5, Full, 1)];

        PrunePlan plan = PrunePlan.Of(packs, new PruneOptions { UnusedShareMax = 0.05 }, areWritersAtWork: false);

        Assert.Equal([1], Numbers(plan.Unused));
        Assert.Equal([2], Numbers(plan.Repacked));
        Assert.Equal([3, 4, 5], Numbers(plan.Kept).Order());
    }

    [Fact]
    public void Without_room_for_unused_bytes_all_that_hold_some_are_repacked()
        => Assert.Equal(
            [2, 3, 4],
            Numbers(PrunePlan.Of(
                [Use(2, Full, 0.1), Use(3, Full, 0.9), Use(4, Full, 0.999), Use(5, Full, 1)],
                new PruneOptions { UnusedShareMax = 0 }, areWritersAtWork: false).Repacked).Order());

    [Fact]
    public void No_more_is_copied_than_allowed_and_what_gains_most_comes_first()
    {
        PackUse[] packs = [Use(1, Full, 0.5), Use(2, Full, 0.25), Use(3, Full, 0.3)];
        PruneOptions options = new() { UnusedShareMax = 0, RepackSizeInBytesMax = Full * 6 / 10 };
        Assert.Equal([2, 3], Numbers(PrunePlan.Of(packs, options, areWritersAtWork: false).Repacked));
    }

    [Fact]
    public void While_writers_are_at_work_packs_that_nothing_ever_referred_to_stay()
    {
        PackUse[] packs = [Use(1, Full, 0), Use(2, Full, 0) with { WasReferred = false }];
        Assert.Equal([1], Numbers(PrunePlan.Of(packs, new PruneOptions(), areWritersAtWork: true).Unused));
        Assert.Equal([1, 2], Numbers(PrunePlan.Of(packs, new PruneOptions(), areWritersAtWork: false).Unused).Order());
    }

    [Fact]
    public void Many_small_packs_become_few_and_few_stay()
    {
        PackUse[] many = [.. Enumerable.Range(1, 20).Select(number => Use(number, 100_000, 1))];
        Assert.Equal(20, PrunePlan.Of(many, new PruneOptions(), areWritersAtWork: false).Repacked.Count);
        Assert.Empty(PrunePlan.Of(many[..10], new PruneOptions(), areWritersAtWork: false).Repacked);
    }

    [Fact]
    public void The_same_packs_in_any_order_give_the_same_plan()
    {
        Random random = new(5);
        for (int round = 0; round < 50; round++)
        {
            PackUse[] packs = [.. Enumerable.Range(1, 40).Select(number => Use(number, random.Next(1, Full), random.NextDouble()))];
            PruneOptions options = new() { UnusedShareMax = random.NextDouble() / 4, RepackSizeInBytesMax = random.Next(1, 10) * (long)Full };
            PrunePlan plan = PrunePlan.Of(packs, options, areWritersAtWork: false);
            random.Shuffle(packs);
            PrunePlan again = PrunePlan.Of(packs, options, areWritersAtWork: false);
            Assert.Equal(plan.Going.Order(), again.Going.Order());
            Assert.Equal(40, plan.Unused.Count + plan.Repacked.Count + plan.Kept.Count);
        }
    }

    private static PackUse Use(int number, long size, double share)
        => new(new ObjectId(new Hash256((ulong)number, 0, 0, 0)), size, FrameKind.File, 1_000_000, (long)(1_000_000 * share), true);

    private static IEnumerable<int> Numbers(IEnumerable<PackUse> uses) => uses.Select(use => (int)use.Pack.Value.W0);
}
