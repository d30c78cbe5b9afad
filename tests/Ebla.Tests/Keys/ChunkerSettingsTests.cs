using Ebla.Keys;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Keys;

public sealed class ChunkerSettingsTests
{
    [Theory]
    [InlineData(64, 16 << 10, 32 << 10)]
    [InlineData(8 << 10, 16 << 10, 64 << 10)]
    [InlineData(4 << 20, 8 << 20, 32 << 20)]
    public void The_ends_of_the_ranges_are_allowed(int min, int average, int max)
        => Assert.Equal(
            new ChunkerSettings(min, average, max),
            ChunkerSettings.FromStored(1, (ulong)min, (ulong)average, (ulong)max));

    [Theory]
    [InlineData(63, 16 << 10, 32 << 10)]
    [InlineData((8 << 10) + 1, 16 << 10, 64 << 10)]
    [InlineData(64, 8 << 10, 32 << 10)]
    [InlineData(64, 16 << 20, 32 << 20)]
    [InlineData(64, (16 << 10) + 1, 64 << 10)]
    [InlineData(64, 16 << 10, (32 << 10) - 1)]
    [InlineData(64, 16 << 10, (64 << 10) + 1)]
    [InlineData(64, 16 << 10, ulong.MaxValue)]
    [InlineData(ulong.MaxValue, 16 << 10, 32 << 10)]
    public void Sizes_out_of_range_are_refused(ulong min, ulong average, ulong max)
        => Assert.Throws<CorruptDataException>(() => ChunkerSettings.FromStored(1, min, average, max));

    [Fact]
    public void An_unknown_chunker_is_for_a_newer_version()
        => Assert.Throws<UnsupportedFormatException>(() => ChunkerSettings.FromStored(2, 64, 16 << 10, 32 << 10));
}
