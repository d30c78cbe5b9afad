using Ebla.Cli.Invocation;
using Ebla.Cli.Rendering;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Cli;

public sealed class RenderingTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1.0 KiB")]
    [InlineData(1024 * 99 + 900, "99.9 KiB")]
    [InlineData(1024 * 100 - 1, "100 KiB")]
    [InlineData(1024 * 1024 - 1, "1.0 MiB")]
    [InlineData(5.6 * 1024 * 1024 * 1024, "5.6 GiB")]
    [InlineData(long.MaxValue, "8.0 EiB")]
    public void Sizes_are_short(double size, string text) => Assert.Equal(text, ByteSize.Format(size));

    [Theory]
    [InlineData("0", 0L)]
    [InlineData("65536", 65536L)]
    [InlineData("12B", 12L)]
    [InlineData("64K", 65536L)]
    [InlineData("64kb", 65536L)]
    [InlineData(" 64 KiB ", 65536L)]
    [InlineData("2GiB", 2L << 30)]
    [InlineData("7EiB", 7L << 60)]
    [InlineData("8EiB", null)]
    [InlineData("9223372036854775808", null)]
    [InlineData("", null)]
    [InlineData("KiB", null)]
    [InlineData("-1", null)]
    [InlineData("1.5M", null)]
    [InlineData("1 X", null)]
    [InlineData("1KX", null)]
    public void Sizes_are_read(string text, long? size) => Assert.Equal(size, ByteSize.TryParse(text));

    [Theory]
    [InlineData(0, "0.0 s")]
    [InlineData(9.94, "9.9 s")]
    [InlineData(9.96, "10 s")]
    [InlineData(59.4, "59 s")]
    [InlineData(59.6, "1 min 00 s")]
    [InlineData(185, "3 min 05 s")]
    [InlineData(3599.7, "1 h 00 min")]
    [InlineData(7620, "2 h 07 min")]
    [InlineData(86400 * 3 + 3600 * 4, "3 d 04 h")]
    public void Durations_are_as_precise_as_they_are_long(double seconds, string text)
        => Assert.Equal(text, TimeText.Format(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Progress_says_what_is_known()
    {
        Progress progress = new(1234, 3 << 20, null, 0, TimeSpan.FromSeconds(2), 0);
        Assert.Equal("1,234 files, 3.0 MiB, 2.0 s", progress.ToString());
        progress = progress with { TotalInBytes = 12 << 20, BytesPerSecond = 1 << 20, Problems = 1 };
        Assert.Equal("1,234 files, 3.0 MiB of 12.0 MiB (25 %), 2.0 s, 1.0 MiB/s, 9.0 s left, 1 problem", progress.ToString());
        // A source that grew: never more than done, and no negative time.
        progress = progress with { SizeInBytes = 20 << 20, Files = null, Problems = 0 };
        Assert.Equal("20.0 MiB of 12.0 MiB (99 %), 2.0 s, 1.0 MiB/s", progress.ToString());
    }

    [Fact]
    public void A_rate_is_that_of_the_last_seconds()
    {
        RateMeter meter = new();
        Assert.Equal(0, meter.Update(TimeSpan.Zero, 0));
        for (int second = 1; second <= 60; second++)
        {
            _ = meter.Update(TimeSpan.FromSeconds(second), 100 * second);
        }
        double rate = 0;
        for (int second = 61; second <= 80; second++)
        {
            rate = meter.Update(TimeSpan.FromSeconds(second), 6000 + 10 * (second - 60));
        }
        Assert.Equal(10, rate, 1e-9);
    }

    [Theory]
    [InlineData(FileType.Regular, 0x1A4, "-rw-r--r--")]
    [InlineData(FileType.Directory, 0x3FF, "drwxrwxrwt")]
    [InlineData(FileType.Directory, 0x3FE, "drwxrwxrwT")]
    [InlineData(FileType.Regular, 0x9ED, "-rwsr-xr-x")]
    [InlineData(FileType.Regular, 0xDA4, "-rwSr-Sr--")]
    public void Modes_are_as_ls_shows_them(FileType type, int mode, string text)
        => Assert.Equal(text, ModeText.Format(type, mode));

    [Fact]
    public void Any_bytes_go_through_text_and_back()
    {
        const int seed = 20261122;
        Random random = new(seed);
        for (int i = 0; i < 5000; i++)
        {
            byte[] bytes = new byte[random.Next(12)];
            random.NextBytes(bytes);
            // More of what is nearly UTF-8.
            for (int place = 0; place < bytes.Length && random.Next(3) > 0; place++)
            {
                bytes[place] = (byte)"a\xC3\xA9\xE2\x82\xED\xB2\x80\xF0\x9F"[random.Next(10)];
            }
            string text = RawText.Decode(bytes);
            Assert.True(
                RawText.Encode(text).AsSpan().SequenceEqual(bytes),
                $"seed {seed}, round {i}: {Convert.ToHexString(bytes)}");
        }
        Assert.Equal("é €", RawText.Decode("é €"u8));
        Assert.True(RawText.IsText("\uFFFD"));
        Assert.False(RawText.IsText(RawText.Decode([(byte)'a', 0xff])));
    }
}
