using System.Security.Cryptography;
using Ebla.Backends;
using Ebla.Backends.Decorators;
using Ebla.Backends.Memory;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Backends.Decorators;

public sealed class OverlayBackendTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly SpoolFile _spool;
    private readonly MemoryBackend _inner = new();
    private readonly OverlayBackend _overlay;

    public OverlayBackendTests()
    {
        _spool = new SpoolFile(() => Path.Combine(_folder.FullPath, RandomNumberGenerator.GetHexString(16)));
        _overlay = new OverlayBackend(_inner, _spool);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_put_is_read_back_whole_and_in_part_and_neither_the_store_nor_a_folder_has_it()
    {
        Dictionary<ObjectName, byte[]> put = [];
        for (int size = 1; size <= 1 << 20; size = (size * 3) + 1)
        {
            var made = TestObject.Create(size, size, ObjectKind.Index);
            await _overlay.PutAsync(made.Name, made.InSegments((size / 3) + 1), Token);
            put.Add(made.Name, made.Content);
        }
        foreach ((ObjectName name, byte[] content) in put)
        {
            Assert.Equal(content, await _overlay.GetWholeAsync(name, content.Length, null, Token));
            byte[] part = new byte[(content.Length + 1) / 2];
            Assert.True(await _overlay.GetAsync(name, content.Length - part.Length, part, null, Token));
            Assert.Equal(content[^part.Length..], part);
            Assert.Equal(content.Length, await _overlay.GetSizeAsync(name, Token));
            _ = await Assert.ThrowsAsync<CorruptDataException>(
                async () => await _overlay.GetAsync(name, content.Length - part.Length + 1, part, null, Token));
            Assert.Null(await _inner.GetSizeAsync(name, Token));
        }
        Assert.Equal(put.Keys.OrderBy(name => name.Id), await NamesAsync());
        Assert.Empty(Directory.GetFiles(_folder.FullPath));
    }

    [Fact]
    public async Task Of_a_pack_the_size_is_known_and_the_content_is_not()
    {
        var pack = TestObject.Create(1, 1000);
        await pack.PutAsync(_overlay, Token);
        ObjectName name = pack.Name;
        Assert.Equal(1000, await _overlay.GetSizeAsync(name, Token));
        Assert.Equal([name], await NamesAsync(ObjectKind.Pack));
        _ = await Assert.ThrowsAsync<NotSupportedException>(async () => await _overlay.GetWholeAsync(name, 1000, null, Token));
        _ = await Assert.ThrowsAsync<NotSupportedException>(async () => await _overlay.GetAsync(name, 0, new byte[10], null, Token));
    }

    [Fact]
    public async Task What_is_deleted_is_gone_here_and_stays_in_the_store()
    {
        var own = TestObject.Create(1, 10, ObjectKind.Index);
        var stored = TestObject.Create(2, 20, ObjectKind.Index);
        await own.PutAsync(_overlay, Token);
        await stored.PutAsync(_inner, Token);
        await _inner.FlushAsync(Token);
        await _overlay.DeleteAsync(own.Name, Token);
        await _overlay.DeleteAsync(stored.Name, Token);
        Assert.Empty(await NamesAsync());
        Assert.Null(await _overlay.GetWholeAsync(own.Name, 100, null, Token));
        Assert.Null(await _overlay.GetWholeAsync(stored.Name, 100, null, Token));
        Assert.True(stored.Matches(await TestObject.GetAsync(_inner, stored.Name)));
    }

    [Fact]
    public async Task Where_nothing_can_be_put_aside_that_is_a_typed_error()
    {
        using SpoolFile nowhere = new(() => Path.Combine(_folder.FullPath, "absent", "x"));
        OverlayBackend overlay = new(_inner, nowhere);
        var made = TestObject.Create(1, 10, ObjectKind.Index);
        _ = await Assert.ThrowsAsync<BackendException>(async () => await made.PutAsync(overlay, Token));
        Assert.Null(await overlay.GetSizeAsync(made.Name, Token));
    }

    public void Dispose()
    {
        _spool.Dispose();
        _folder.Dispose();
    }

    private async Task<List<ObjectName>> NamesAsync(ObjectKind kind = ObjectKind.Index)
    {
        List<ObjectName> names = [];
        await foreach (ObjectInfo info in _overlay.ListAsync(kind, Token))
        {
            names.Add(info.Name);
        }
        return [.. names.OrderBy(name => name.Id)];
    }
}
