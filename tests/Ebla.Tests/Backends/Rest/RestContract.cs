using Ebla.Backends;
using Ebla.Primitives;
using Ebla.Tests.Backends.Servers;
using Xunit;

namespace Ebla.Tests.Backends.Rest;

/// <summary>What rclone over a folder does of the contract. It writes files in their places, and overwrites what is there.</summary>
public abstract class RestContract : ServerContract
{
    [Fact]
    public override async Task Of_racing_creations_of_the_header_exactly_one_wins()
    {
        // rclone has nothing that creates a file once. Of two that begin one after the other, the second fails all the same.
        IBackend first = await OpenEmptyAsync();
        Assert.False(first.Capabilities.CanCreateHeaderOnce);
        await first.CreateHeaderAsync("first"u8.ToArray());
        await Assert.ThrowsAsync<RepositoryExistsException>(async () => await (await OpenAgainAsync()).CreateHeaderAsync("second"u8.ToArray()));
    }

    [Fact]
    public override async Task The_same_object_put_by_many_at_once_is_there_once_and_whole()
    {
        // While one is read, another may be writing it anew; so read when all are done.
        IBackend[] backends = [await OpenAsync(), await OpenAgainAsync()];
        TestObject item = TestObject.Create(1, 200_000);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(number => Task.Run(() => item.PutAsync(backends[number % 2]).AsTask())));
        Assert.Equal(item.Content, await TestObject.GetAsync(backends[0], item.Name));
        Assert.Equal([new ObjectInfo(item.Name, 200_000)], await TestObject.ListAsync(backends[0], ObjectKind.Pack));
    }

    [Fact]
    public override async Task A_put_cancelled_at_any_moment_leaves_the_object_absent_or_whole()
    {
        // rclone writes in place, and removes the file a moment after the line broke.
        IBackend backend = await OpenAsync();
        for (int seed = 0; seed < 10; seed++)
        {
            TestObject item = TestObject.Create(seed, 3_000_000);
            using CancellationTokenSource source = new();
            Task put = item.PutAsync(backend, source.Token).AsTask();
            for (int spin = 0; spin < seed; spin++)
            {
                await Task.Yield();
            }
            await source.CancelAsync();
            try
            {
                await put;
            }
            catch (OperationCanceledException)
            {
                // One of the two outcomes.
            }
            byte[]? content = await SettleAsync(backend, item);
            Assert.True(content is null || item.Matches(content), $"seed {seed}");
            Assert.True(content is not null || !put.IsCompletedSuccessfully, $"seed {seed}: put and absent");

            // Whatever stayed, the next put makes it whole. If rclone finds only now that the line broke, it removes the file while it is
            // written, says so, and what calls a store puts it again.
            await item.PutAsync(Persistent.Around(backend));
            await backend.FlushAsync();
            Assert.Equal(item.Content, await TestObject.GetAsync(backend, item.Name));
        }
    }

    private static async Task<byte[]?> SettleAsync(IBackend backend, TestObject item)
    {
        for (int attempt = 0; attempt < 50; attempt++)
        {
            byte[]? content;
            try
            {
                content = await TestObject.GetAsync(backend, item.Name);
            }
            catch (EblaException exception) when (exception is BackendException { IsTransient: true } or CorruptDataException)
            {
                // It went, or was cut, between the question for its size and the reading.
                content = [];
            }
            if (content is null || item.Matches(content))
            {
                return content;
            }
            await Task.Delay(100);
        }
        return [];
    }
}
