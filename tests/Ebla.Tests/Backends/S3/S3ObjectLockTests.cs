using Ebla.Backends;
using Ebla.Primitives;
using Ebla.Tests.Backends.Servers;
using Xunit;

namespace Ebla.Tests.Backends.S3;

/// <summary>Retention that the store enforces. Only Ceph's gateway can, of the servers here.</summary>
public sealed class S3ObjectLockTests
{
    private static readonly (string, string)[] Lock = [("s3.lock-mode", "compliance"), ("s3.lock-days", "1")];

    [Fact]
    public async Task What_is_locked_cannot_be_deleted_and_sessions_can()
    {
        TestServer store = TestServer.Get("radosgw");
        await using IBackend backend = S3Fixture.Open(store, $"{S3Fixture.Address(store)}/locked/a", null, Lock);
        await backend.CreateHeaderAsync("header"u8.ToArray());
        foreach (ObjectKind kind in RepositoryLayout.Kinds)
        {
            TestObject item = TestObject.Create(1, 1000, kind);
            await item.PutAsync(backend);
            await item.PutAsync(backend);
            if (kind is not ObjectKind.Session)
            {
                BackendException exception = await Assert.ThrowsAsync<BackendException>(async () => await backend.DeleteAsync(item.Name));
                Assert.False(exception.IsTransient);
                Assert.Contains("refuses deletions", exception.Message, StringComparison.Ordinal);
                Assert.Equal(item.Content, await TestObject.GetAsync(backend, item.Name));
            }
            else
            {
                await backend.DeleteAsync(item.Name);
                Assert.Null(await backend.GetSizeAsync(item.Name));
            }
        }
    }

    [Theory]
    [InlineData("radosgw")]
    [InlineData("swift")]
    public async Task A_bucket_that_keeps_no_locks_is_noticed_at_the_first_put(string server)
    {
        TestServer store = TestServer.Get(server);
        await using IBackend backend = S3Fixture.Open(store, store.NewPlace(), null, Lock);
        BackendException exception = await Assert.ThrowsAsync<BackendException>(
            async () => await TestObject.Create(1, 1000).PutAsync(backend));
        Assert.False(exception.IsTransient);
    }
}
