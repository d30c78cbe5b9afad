using Ebla.Tests.Architecture;
using Xunit;

namespace Ebla.Tests.PruneModel;

/// <summary>docs/prune.md, explored in every order of events for small sizes. <c>./test model</c> runs the larger ones.</summary>
public class PruneModelTests
{
    private const int StatesMax = 2_000_000;

    public static TheoryData<string> WholeProtocol => [.. Scenarios.Small.Select(scenario => scenario.Name)];

    public static TheoryData<string> Variants => [.. Scenarios.Variants.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(WholeProtocol))]
    public void The_protocol_loses_nothing_and_leaves_nothing_behind(string name)
    {
        Violation? violation = new Explorer(Scenarios.Small.Single(scenario => scenario.Name == name)).Run(StatesMax);
        Assert.True(violation is null, violation?.ToString());
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Without_this_rule_something_is_lost_or_left_behind(string name)
    {
        Scenario scenario = Scenarios.Variants.Single(scenario => scenario.Name == name);
        Violation? violation = new Explorer(scenario).Run(StatesMax);
        Assert.NotNull(violation);

        // The harm comes of the rule: with it, the same scenario is harmless.
        Violation? other = new Explorer(scenario with { Without = [] }).Run(StatesMax);
        Assert.True(other is null, other?.ToString());
    }

    [Fact]
    public void Every_rule_is_taken_away_once()
        => Assert.Equal(Enum.GetValues<Rule>(), Scenarios.Variants.SelectMany(scenario => scenario.Without).Distinct().Order());

    [Fact]
    public void The_page_says_of_each_rule_what_it_is_for()
    {
        string page = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "prune.md"));
        Assert.Equal(
            Enum.GetNames<Rule>().Order(StringComparer.Ordinal),
            page.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('`')[1])
                .Order(StringComparer.Ordinal));
    }

    // Goal: symmetry leaves out nothing but names. Counted with names, the states are those of a search that knows no symmetry.
    [Fact]
    public void Telling_equal_processes_apart_finds_no_other_states()
    {
        foreach (Scenario scenario in Scenarios.Small.Where(scenario => scenario.Pruners == 2 || scenario.Writers.Length == 2))
        {
            Explorer plain = new(scenario, usesSymmetry: false);
            Explorer folded = new(scenario);
            Assert.Null(plain.Run(StatesMax));
            Assert.Null(folded.Run(StatesMax));
            Assert.True(folded.StateCount < plain.StateCount);
            Assert.Equal(plain.StateCount, folded.CountStatesWithNames());
        }
    }

    [Fact]
    public void Two_worlds_that_differ_in_anything_are_two_states()
    {
        foreach (Scenario scenario in Scenarios.Small)
        {
            Explorer explorer = new(scenario);
            Assert.True(explorer.ReadsBackAll(20_000), scenario.Name);
        }
    }
}
