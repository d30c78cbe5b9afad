using Ebla.Backends;
using Ebla.Backends.Memory;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Backends;

public sealed class MemoryBackendTests
{
    private static readonly TestObject A = TestObject.Create(1, 10);
    private static readonly TestObject B = TestObject.Create(2, 20);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_power_cut_leaves_what_was_flushed_and_brings_back_what_was_deleted_since(bool showsUnflushed)
    {
        MemoryBackend store = new(showsUnflushed);
        await store.CreateHeaderAsync("h"u8.ToArray());
        await A.PutAsync(store);
        await store.FlushAsync();
        await B.PutAsync(store);
        await store.DeleteAsync(A.Name);
        Assert.Equal(showsUnflushed, await store.GetSizeAsync(B.Name) is not null);
        Assert.Null(await store.GetSizeAsync(A.Name));

        MemoryBackend after = store.DurableCopy();
        Assert.NotNull(await after.ReadHeaderAsync());
        Assert.Equal([new ObjectInfo(A.Name, 10)], await TestObject.ListAsync(after, ObjectKind.Pack));

        await store.FlushAsync();
        Assert.Equal([new ObjectInfo(B.Name, 20)], await TestObject.ListAsync(store.DurableCopy(), ObjectKind.Pack));

        // The copy stands on its own.
        Assert.Equal([new ObjectInfo(A.Name, 10)], await TestObject.ListAsync(after, ObjectKind.Pack));
    }

    [Fact]
    public async Task What_is_in_doubt_at_a_power_cut_can_be_chosen()
    {
        MemoryBackend store = new();
        await A.PutAsync(store);
        await store.FlushAsync();
        await B.PutAsync(store);
        await store.DeleteAsync(A.Name);
        Assert.Equal(2, (await TestObject.ListAsync(store.DurableCopy(_ => true), ObjectKind.Pack)).Count);
        Assert.Empty(await TestObject.ListAsync(store.DurableCopy(_ => false), ObjectKind.Pack));
        Assert.Equal(
            [new ObjectInfo(B.Name, 20)],
            await TestObject.ListAsync(store.DurableCopy(name => name == B.Name), ObjectKind.Pack));
    }
}
