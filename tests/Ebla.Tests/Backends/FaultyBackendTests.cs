using Ebla.Backends.Memory;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Backends;

public sealed class FaultyBackendTests
{
    private static readonly TestObject Item = TestObject.Create(1, 100);

    [Fact]
    public async Task A_loop_over_all_operations_ends_with_a_run_without_a_fault()
    {
        for (long operation = 1; ; operation++)
        {
            MemoryBackend store = new();
            await using FaultyBackend faulty = new(store, new Fault(operation, FaultKind.CrashBefore));
            try
            {
                await Item.PutAsync(faulty);
                await faulty.FlushAsync();
                await faulty.DeleteAsync(Item.Name);
                await faulty.FlushAsync();
            }
            catch (SimulatedCrashException)
            {
                Assert.True(faulty.HasFailed);
                await Assert.ThrowsAsync<SimulatedCrashException>(async () => await faulty.ReadHeaderAsync());
            }
            Assert.Equal(
                operation is 3 or 4,
                await store.DurableCopy().GetSizeAsync(Item.Name) is not null);
            if (!faulty.HasFailed)
            {
                Assert.Equal(5, operation);
                return;
            }
        }
    }

    [Theory]
    [InlineData(FaultKind.ErrorBefore, false)]
    [InlineData(FaultKind.ErrorAfter, true)]
    public async Task An_error_strikes_before_or_after_the_effect_and_once(FaultKind kind, bool isDone)
    {
        MemoryBackend store = new(showsUnflushed: true);
        await using FaultyBackend faulty = new(store, new Fault(1, kind), BackendOperation.Put);
        Assert.Null(await faulty.GetSizeAsync(Item.Name));
        BackendException exception = await Assert.ThrowsAsync<BackendException>(async () => await Item.PutAsync(faulty));
        Assert.True(exception.IsTransient);
        Assert.Equal(isDone, await store.GetSizeAsync(Item.Name) is not null);
        await Item.PutAsync(faulty);
        Assert.NotNull(await store.GetSizeAsync(Item.Name));
        Assert.Equal(2, faulty.OperationCount);
    }

    [Fact]
    public async Task Answers_can_be_wrong()
    {
        MemoryBackend store = new();
        await Item.PutAsync(store);
        await store.FlushAsync();
        FaultyBackend With(FaultKind kind) => new(store, new Fault(1, kind, long.MaxValue));

        Assert.Null(await With(FaultKind.Missing).GetSizeAsync(Item.Name));
        Assert.False(await With(FaultKind.Missing).GetAsync(Item.Name, 0, new byte[100], null));
        Assert.Equal(50, await With(FaultKind.Truncated).GetSizeAsync(Item.Name));
        await Assert.ThrowsAsync<CorruptDataException>(
            async () => await With(FaultKind.Truncated).GetAsync(Item.Name, 0, new byte[100], null));
        byte[] read = new byte[100];
        Assert.True(await With(FaultKind.FlippedBit).GetAsync(Item.Name, 0, read, null));
        Assert.Equal(1, read.Zip(Item.Content).Count(pair => pair.First != pair.Second));
        await Assert.ThrowsAsync<BackendException>(
            async () => await TestObject.ListAsync(With(FaultKind.Truncated), ObjectKind.Pack));
    }
}
