using Ebla.Backends;
using Ebla.Primitives;
using Ebla.Tests.Backends.Servers;
using Xunit;

namespace Ebla.Tests.Backends.Sftp;

/// <summary>The contract on a real SFTP server, and what is promised of SFTP besides.</summary>
/// <param name="isDurable">Whether names can be made durable.</param>
public abstract class SftpContract(bool isDurable) : ServerContract
{
    [Fact]
    public async Task It_says_after_a_flush_whether_names_are_durable()
    {
        IBackend backend = await OpenAsync();
        await TestObject.Create(1, 1000).PutAsync(backend);
        await backend.FlushAsync();
        Assert.Equal(isDurable, backend.Capabilities.IsDurableOnceFlushed);
    }

    [Fact]
    public async Task Nothing_is_left_in_the_folder_of_unfinished_writes_and_a_place_can_be_removed()
    {
        IBackend backend = await OpenAsync();
        TestObject item = TestObject.Create(1, 1000);
        await backend.PutAsync(item.Name, item.InSegments(100).Slice(0, 500));
        await item.PutAsync(backend);
        await item.PutAsync(backend);
        await backend.FlushAsync();
        await backend.DeleteAsync(item.Name);
        await backend.FlushAsync();
        Assert.Null(await backend.RemovePlaceAsync());
        Assert.Null(await backend.ReadHeaderAsync());
    }

    [Fact]
    public async Task Many_objects_in_one_folder_are_listed_each_once()
    {
        // More than a server puts into one answer (OpenSSH: 100).
        IBackend backend = await OpenAsync();
        TestObject[] items = [.. Enumerable.Range(0, 250).Select(seed => TestObject.Create(seed, seed % 7, ObjectKind.Snapshot))];
        await Task.WhenAll(items.Select(item => item.PutAsync(backend).AsTask()));
        Assert.Equal(
            items.Select(item => new ObjectInfo(item.Name, item.Content.Length)).OrderBy(info => info.Name.Id),
            (await TestObject.ListAsync(backend, ObjectKind.Snapshot)).OrderBy(info => info.Name.Id));
    }
}
