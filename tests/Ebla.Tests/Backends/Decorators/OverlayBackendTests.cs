using System.Buffers;
using System.Security.Cryptography;
using Ebla.Backends;
using Ebla.Backends.Decorators;
using Ebla.Backends.Memory;
using Ebla.Hashing;
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
            (ObjectName name, byte[] content) = Make(ObjectKind.Index, size);
            await _overlay.PutAsync(name, Split(content), Token);
            put.Add(name, content);
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
        Assert.Equal(put.Keys.Order(), await NamesAsync());
        Assert.Empty(Directory.GetFiles(_folder.FullPath));
    }

    [Fact]
    public async Task Of_what_is_put_nothing_stays_in_memory()
    {
        const int Size = 1 << 20;
        const int Count = 64;
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < Count; i++)
        {
            (ObjectName name, byte[] content) = Make(ObjectKind.Index, Size);
            await _overlay.PutAsync(name, new ReadOnlySequence<byte>(content), Token);
        }
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, Count * Size / 4);
    }

    [Fact]
    public async Task Of_a_pack_the_size_is_known_and_the_content_is_not()
    {
        (ObjectName name, byte[] content) = Make(ObjectKind.Pack, 1000);
        await _overlay.PutAsync(name, new ReadOnlySequence<byte>(content), Token);
        Assert.Equal(1000, await _overlay.GetSizeAsync(name, Token));
        Assert.Equal([name], await NamesAsync(ObjectKind.Pack));
        _ = await Assert.ThrowsAsync<NotSupportedException>(async () => await _overlay.GetWholeAsync(name, 1000, null, Token));
        _ = await Assert.ThrowsAsync<NotSupportedException>(async () => await _overlay.GetAsync(name, 0, new byte[10], null, Token));
    }

    [Fact]
    public async Task What_is_deleted_is_gone_here_and_stays_in_the_store()
    {
        (ObjectName own, byte[] content) = Make(ObjectKind.Index, 10);
        (ObjectName stored, byte[] other) = Make(ObjectKind.Index, 20);
        await _overlay.PutAsync(own, new ReadOnlySequence<byte>(content), Token);
        await _inner.PutAsync(stored, new ReadOnlySequence<byte>(other), Token);
        await _overlay.DeleteAsync(own, Token);
        await _overlay.DeleteAsync(stored, Token);
        Assert.Empty(await NamesAsync());
        Assert.Null(await _overlay.GetWholeAsync(own, 100, null, Token));
        Assert.Null(await _overlay.GetWholeAsync(stored, 100, null, Token));
        Assert.Equal(other, await _inner.GetWholeAsync(stored, 100, null, Token));
    }

    [Fact]
    public async Task Where_nothing_can_be_put_aside_that_is_a_typed_error()
    {
        using SpoolFile nowhere = new(() => Path.Combine(_folder.FullPath, "absent", "x"));
        OverlayBackend overlay = new(_inner, nowhere);
        (ObjectName name, byte[] content) = Make(ObjectKind.Index, 10);
        _ = await Assert.ThrowsAsync<BackendException>(async () => await overlay.PutAsync(name, new ReadOnlySequence<byte>(content), Token));
        Assert.Null(await overlay.GetSizeAsync(name, Token));
    }

    public void Dispose()
    {
        _spool.Dispose();
        _folder.Dispose();
    }

    private static (ObjectName Name, byte[] Content) Make(ObjectKind kind, int size)
    {
        byte[] content = RandomNumberGenerator.GetBytes(size);
        return (new ObjectName(kind, new ObjectId(Blake3.Hash(content))), content);
    }

    // In two pieces, where there is enough for that.
    private static ReadOnlySequence<byte> Split(byte[] content)
    {
        Segment first = new(content.AsMemory(0, content.Length / 2), null);
        Segment second = new(content.AsMemory(content.Length / 2), first);
        return new ReadOnlySequence<byte>(first, 0, second, second.Memory.Length);
    }

    private async Task<List<ObjectName>> NamesAsync(ObjectKind kind = ObjectKind.Index)
    {
        List<ObjectName> names = [];
        await foreach (ObjectInfo info in _overlay.ListAsync(kind, Token))
        {
            names.Add(info.Name);
        }
        return [.. names.Order()];
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is not null)
            {
                before.Next = this;
                RunningIndex = before.Memory.Length;
            }
        }
    }
}
