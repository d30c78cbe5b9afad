using Ebla.Backends.Decorators;
using Ebla.Backends.Memory;
using Ebla.Backends.Traffic;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Backends.Decorators;

public sealed class CountingBackendTests
{
    [Fact]
    public async Task Calls_and_bytes_are_counted()
    {
        TestObject item = TestObject.Create(1, 100);
        TrafficMeter meter = new();
        await using CountingBackend backend = new(new MemoryBackend(), meter);
        await item.PutAsync(backend);
        await backend.FlushAsync();
        Assert.True(await backend.GetAsync(item.Name, 10, new byte[20], null));
        Assert.NotNull(await backend.GetWholeAsync(item.Name, 100, null));
        Assert.Null(await backend.GetWholeAsync(TestObject.Create(2, 1).Name, 100, null));
        _ = await TestObject.ListAsync(backend, ObjectKind.Pack);
        await backend.DeleteAsync(item.Name);
        _ = await backend.GetSizeAsync(item.Name);
        Assert.Equal(
            new TrafficCounts(Puts: 1, Gets: 3, Lists: 1, Deletes: 1, Others: 2, SentInBytes: 100, ReceivedInBytes: 120, Retries: 0),
            meter.Read());
        Assert.Equal(8, meter.Read().Requests);
    }

    [Fact]
    public async Task Attempts_are_counted_and_only_bytes_that_arrived()
    {
        TestObject item = TestObject.Create(1, 100);
        TrafficMeter meter = new();
        await using CountingBackend backend = new(new FaultyBackend(new MemoryBackend(), new Fault(1, FaultKind.ErrorBefore)), meter);
        await Assert.ThrowsAsync<BackendException>(async () => await item.PutAsync(backend));
        await item.PutAsync(backend);
        Assert.Equal(2, meter.Read().Puts);
        Assert.Equal(100, meter.Read().SentInBytes);
    }
}
