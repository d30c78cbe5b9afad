using Ebla.Cli.Invocation;
using Xunit;

namespace Ebla.Tests.Cli;

public sealed class DurationArgumentTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("30s", 30)]
    [InlineData("5m", 300)]
    [InlineData("12h", 43_200)]
    [InlineData("30d", 2_592_000)]
    public void Seconds_minutes_hours_and_days_are_taken(string text, int seconds)
        => Assert.Equal(TimeSpan.FromSeconds(seconds), DurationArgument.Parse("--x", text));

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("d")]
    [InlineData("-1d")]
    [InlineData("1.5h")]
    [InlineData("1h30m")]
    [InlineData("31d")]
    [InlineData("99999999999999999999d")]
    public void Anything_else_is_refused_with_the_option_and_what_was_given(string text)
    {
        UsageException refused = Assert.Throws<UsageException>(() => DurationArgument.Parse("--x", text));

        Assert.StartsWith("--x takes", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith($"not '{text}'.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_no_timer_waits_for_may_last_longer()
        => Assert.Equal(TimeSpan.FromDays(365), DurationArgument.Parse("--grace", "365d", daysMax: 3650));
}
