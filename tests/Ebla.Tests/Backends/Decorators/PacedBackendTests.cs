using Ebla.Backends.Decorators;
using Ebla.Backends.Memory;
using Ebla.Backends.Traffic;
using Xunit;

namespace Ebla.Tests.Backends.Decorators;

public sealed class PacedBackendTests
{
    private const int MiB = 1 << 20;

    [Fact]
    public async Task What_goes_in_and_out_keeps_its_pace()
    {
        RunningClock clock = new(TimeSpan.FromMilliseconds(50));
        MemoryBackend store = new(showsUnflushed: true);
        await using PacedBackend backend = new(store, new Line(new LineLimits(MiB, 2 * MiB), clock.Time));
        TestObject[] items = [.. Enumerable.Range(0, 4).Select(seed => TestObject.Create(seed, 2 * MiB))];
        TimeSpan sending = await clock.RunAsync(() => Task.WhenAll(items.Select(item => item.PutAsync(backend).AsTask())));
        Assert.InRange(sending.TotalSeconds, 7, 9);
        TimeSpan receiving = await clock.RunAsync(() => Task.WhenAll(
            items.Select(item => backend.GetWholeAsync(item.Name, item.Content.Length, null).AsTask())));
        Assert.InRange(receiving.TotalSeconds, 3, 5);
        Assert.True(items[3].Matches(await TestObject.GetAsync(store, items[3].Name)));
    }
}
