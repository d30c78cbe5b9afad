using Ebla.FileSystems;
using Xunit;

namespace Ebla.Tests.FileSystems;

public sealed class SourceStreamTests
{
    [Fact]
    public async Task A_stream_is_one_run_of_bytes_without_holes_and_stays_open()
    {
        using MemoryStream stream = new([1, 2, 3]);
        SourceStream source = new(stream);
        byte[] buffer = new byte[2];

        Assert.Equal(0, source.NextExtent());
        Assert.Equal(2, await source.ReadAsync(buffer, TestContext.Current.CancellationToken));
        Assert.Equal(1, await source.ReadAsync(buffer, TestContext.Current.CancellationToken));
        Assert.Equal(3, buffer[0]);
        Assert.Equal(0, await source.ReadAsync(buffer, TestContext.Current.CancellationToken));
        Assert.Null(source.NextExtent());
        Assert.True(stream.CanRead);
    }
}
