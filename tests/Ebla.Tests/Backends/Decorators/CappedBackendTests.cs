using System.Buffers;
using Ebla.Backends;
using Ebla.Backends.Decorators;
using Ebla.Backends.Memory;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Backends.Decorators;

public sealed class CappedBackendTests
{
    [Fact]
    public async Task No_more_calls_go_on_at_once_than_it_may_and_as_many_do()
    {
        int running = 0;
        int most = 0;
        using SemaphoreSlim gate = new(0);
        await using CappedBackend backend = new(
            new FaultyBackend(
                _ =>
                {
                    lock (gate)
                    {
                        most = Math.Max(most, ++running);
                    }
                    gate.Wait();
                    lock (gate)
                    {
                        running--;
                    }
                    return null;
                },
                new MemoryBackend()),
            3);
        Task[] calls =
        [
            .. Enumerable.Range(0, 12).Select(seed => Task.Run(async () =>
            {
                TestObject item = TestObject.Create(seed, 10);
                switch (seed % 4)
                {
                    case 0:
                        await item.PutAsync(backend);
                        break;
                    case 1:
                        _ = await backend.GetSizeAsync(item.Name);
                        break;
                    case 2:
                        _ = await TestObject.ListAsync(backend, ObjectKind.Index);
                        break;
                    default:
                        await backend.FlushAsync();
                        break;
                }
            })),
        ];
        while (Volatile.Read(ref running) < 3)
        {
            await Task.Delay(1);
        }
        _ = gate.Release(1000);
        await Task.WhenAll(calls);
        Assert.Equal(3, most);
    }

    [Fact]
    public async Task Who_reads_a_listing_can_make_calls_meanwhile()
    {
        MemoryBackend store = new(showsUnflushed: true);
        for (int seed = 0; seed < 5; seed++)
        {
            await TestObject.Create(seed, 10).PutAsync(store);
        }
        await using CappedBackend backend = new(store, 1);
        await foreach (ObjectInfo info in backend.ListAsync(ObjectKind.Pack))
        {
            Assert.Equal(10, await backend.GetSizeAsync(info.Name));
        }
    }

    [Fact]
    public async Task A_call_that_fails_gives_its_turn_back()
    {
        await using CappedBackend backend = new(new FaultyBackend(new MemoryBackend(), new Fault(1, FaultKind.ErrorBefore, 10)), 1);
        ObjectName name = TestObject.Create(1, 1).Name;
        for (int i = 0; i < 10; i++)
        {
            await Assert.ThrowsAsync<BackendException>(
                async () => await backend.PutAsync(name, new ReadOnlySequence<byte>(new byte[1])));
        }
        await backend.FlushAsync();
    }
}
