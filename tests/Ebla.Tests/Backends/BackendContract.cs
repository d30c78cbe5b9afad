using System.Buffers;
using Ebla.Backends;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Backends;

/// <summary>What every back-end and every decorator must do: each sentence of <see cref="IBackend"/>, tested.</summary>
/// <remarks>
/// A new back-end derives from this class. xunit makes an instance per test, so <see cref="CreateAsync"/> is asked for a fresh, empty
/// store once per test, and <see cref="ReopenAsync"/> for further back-ends on the same store.
/// </remarks>
public abstract class BackendContract : IAsyncLifetime
{
    private readonly List<IBackend> _open = [];

    /// <summary>How many objects the concurrent tests use. Less for stores with slow round trips.</summary>
    protected virtual int CrowdSize => 200;

    /// <summary>Whether reading an object while it is replaced by the same bytes may fail, in passing.</summary>
    protected virtual bool IsReadingDisturbedByReplacing => false;

    /// <summary>A back-end on a fresh, empty location without a repository.</summary>
    protected abstract Task<IBackend> CreateAsync();

    /// <summary>Another back-end on the same location, as another process would have it.</summary>
    protected abstract Task<IBackend> ReopenAsync();

    /// <summary>Removes what the test left.</summary>
    protected virtual ValueTask CleanUpAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (IBackend backend in _open)
        {
            await backend.DisposeAsync();
        }
        await CleanUpAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_location_without_a_repository_has_no_header_and_no_objects()
    {
        IBackend backend = await OpenEmptyAsync();
        Assert.Null(await backend.ReadHeaderAsync());
        foreach (ObjectKind kind in RepositoryLayout.Kinds)
        {
            Assert.Empty(await TestObject.ListAsync(backend, kind));
        }
        TestObject missing = TestObject.Create(1, 10);
        Assert.Null(await backend.GetSizeAsync(missing.Name));
        Assert.False(await backend.GetAsync(missing.Name, 0, new byte[1], null));
        await backend.DeleteAsync(missing.Name);
        await backend.FlushAsync();
        Assert.Null(await backend.ReadHeaderAsync());
    }

    [Fact]
    public async Task It_says_where_it_is()
    {
        IBackend backend = await OpenEmptyAsync();
        Assert.NotEmpty(backend.Location);
        Assert.True(backend.Capabilities.ObjectSizeInBytesMax >= 64 << 20);
    }

    [Fact]
    public async Task A_header_is_read_back_also_by_others()
    {
        IBackend backend = await OpenEmptyAsync();
        byte[] header = TestObject.Create(1, 500).Content;
        await backend.CreateHeaderAsync(header);
        Assert.Equal<byte[]?>(header, await backend.ReadHeaderAsync());
        Assert.Equal<byte[]?>(header, await (await OpenAgainAsync()).ReadHeaderAsync());
    }

    [Fact]
    public async Task A_header_is_created_only_once()
    {
        IBackend backend = await OpenEmptyAsync();
        await backend.CreateHeaderAsync("first"u8.ToArray());
        await Assert.ThrowsAsync<RepositoryExistsException>(async () => await backend.CreateHeaderAsync("second"u8.ToArray()));
        IBackend other = await OpenAgainAsync();
        await Assert.ThrowsAsync<RepositoryExistsException>(async () => await other.CreateHeaderAsync("third"u8.ToArray()));
        Assert.Equal<byte[]?>("first"u8.ToArray(), await other.ReadHeaderAsync());

        // Having lost does not harm: the back-end goes on.
        TestObject item = TestObject.Create(1, 10);
        await item.PutAsync(other);
        await other.FlushAsync();
        Assert.Equal(item.Content, await TestObject.GetAsync(backend, item.Name));
    }

    [Fact]
    public virtual async Task Of_racing_creations_of_the_header_exactly_one_wins()
    {
        IBackend first = await OpenEmptyAsync();
        IBackend[] racers = [first, await OpenAgainAsync(), await OpenAgainAsync(), await OpenAgainAsync()];
        bool[] hasWon = await Task.WhenAll(racers.Select((racer, number) => Task.Run(async () =>
        {
            try
            {
                await racer.CreateHeaderAsync(new[] { (byte)number });
                return true;
            }
            catch (RepositoryExistsException)
            {
                return false;
            }
        })));
        Assert.Single(hasWon, true);
        Assert.True(first.Capabilities.CanCreateHeaderOnce, "Override this test where the store cannot.");
        foreach (IBackend racer in racers)
        {
            Assert.Equal<byte[]?>([(byte)Array.IndexOf(hasWon, true)], await racer.ReadHeaderAsync());
        }
    }

    [Fact]
    public async Task A_header_too_large_is_refused()
    {
        IBackend backend = await OpenEmptyAsync();
        await Assert.ThrowsAnyAsync<ArgumentException>(
            async () => await backend.CreateHeaderAsync(new byte[RepositoryLayout.HeaderSizeInBytesMax + 1]));
        Assert.Null(await backend.ReadHeaderAsync());
        await backend.CreateHeaderAsync(new byte[RepositoryLayout.HeaderSizeInBytesMax]);
        Assert.Equal(RepositoryLayout.HeaderSizeInBytesMax, (await backend.ReadHeaderAsync())!.Length);
    }

    [Fact]
    public async Task Objects_can_be_put_before_the_header()
    {
        IBackend backend = await OpenEmptyAsync();
        TestObject key = TestObject.Create(1, 300, ObjectKind.Key);
        await key.PutAsync(backend);
        await backend.FlushAsync();
        await backend.CreateHeaderAsync("header"u8.ToArray());
        Assert.Equal(key.Content, await TestObject.GetAsync(await OpenAgainAsync(), key.Name));
    }

    [Fact]
    public async Task What_is_put_and_flushed_is_read_back_also_by_others()
    {
        IBackend backend = await OpenAsync();
        List<TestObject> items = [];
        foreach (ObjectKind kind in RepositoryLayout.Kinds)
        {
            items.Add(TestObject.Create(items.Count, 1000 + items.Count, kind));
        }
        foreach (TestObject item in items)
        {
            await item.PutAsync(backend);
        }
        await backend.FlushAsync();
        IBackend other = await OpenAgainAsync();
        foreach (TestObject item in items)
        {
            Assert.Equal(item.Content, await TestObject.GetAsync(backend, item.Name));
            Assert.Equal(item.Content, await TestObject.GetAsync(other, item.Name));
            Assert.Equal([new ObjectInfo(item.Name, item.Content.Length)], await TestObject.ListAsync(other, item.Name.Kind));
        }
    }

    [Fact]
    public async Task Before_the_flush_an_object_is_absent_or_whole()
    {
        IBackend backend = await OpenAsync();
        TestObject item = TestObject.Create(1, 300_000);
        await item.PutAsync(backend);
        foreach (IBackend reader in (IBackend[])[backend, await OpenAgainAsync()])
        {
            byte[]? content = await TestObject.GetAsync(reader, item.Name);
            Assert.True(content is null || item.Matches(content));
            Assert.All(await TestObject.ListAsync(reader, ObjectKind.Pack), info => Assert.Equal(300_000, info.SizeInBytes));
        }
    }

    [Fact]
    public async Task A_disposed_back_end_leaves_unflushed_objects_absent_or_whole()
    {
        IBackend reader = await OpenAsync();
        IBackend backend = await OpenAgainAsync();
        TestObject kept = TestObject.Create(1, 5000);
        TestObject unflushed = TestObject.Create(2, 5000);
        await kept.PutAsync(backend);
        await backend.FlushAsync();
        await unflushed.PutAsync(backend);
        await backend.DisposeAsync();
        Assert.Equal(kept.Content, await TestObject.GetAsync(reader, kept.Name));
        byte[]? content = await TestObject.GetAsync(reader, unflushed.Name);
        Assert.True(content is null || unflushed.Matches(content));
    }

    [Fact]
    public async Task An_empty_object_is_an_object()
    {
        IBackend backend = await OpenAsync();
        TestObject empty = TestObject.Create(1, 0, ObjectKind.Note);
        await empty.PutAsync(backend);
        await backend.FlushAsync();
        Assert.Equal(0, await backend.GetSizeAsync(empty.Name));
        Assert.True(await backend.GetAsync(empty.Name, 0, Memory<byte>.Empty, null));
        Assert.Equal([new ObjectInfo(empty.Name, 0)], await TestObject.ListAsync(backend, ObjectKind.Note));
        await Assert.ThrowsAsync<CorruptDataException>(async () => await backend.GetAsync(empty.Name, 0, new byte[1], null));
    }

    [Fact]
    public async Task A_large_object_in_several_segments_is_kept_whole()
    {
        IBackend backend = await OpenAsync();
        TestObject large = TestObject.Create(1, (40 << 20) + 17);
        await backend.PutAsync(large.Name, large.InSegments(7_000_001));
        await backend.FlushAsync();
        byte[]? content = await TestObject.GetAsync(await OpenAgainAsync(), large.Name);
        Assert.True(large.Content.AsSpan().SequenceEqual(content));
    }

    [Fact]
    public async Task Many_small_segments_are_kept_in_order()
    {
        IBackend backend = await OpenAsync();
        TestObject item = TestObject.Create(1, 100_003, ObjectKind.Index);
        await backend.PutAsync(item.Name, item.InSegments(101));
        await backend.FlushAsync();
        Assert.Equal(item.Content, await TestObject.GetAsync(backend, item.Name));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 10_000)]
    [InlineData(0, 0)]
    [InlineData(10_000, 0)]
    [InlineData(9_999, 1)]
    [InlineData(4_095, 4_098)]
    [InlineData(1, 9_999)]
    public async Task A_range_is_read_exactly(int offset, int length)
    {
        IBackend backend = await OpenAsync();
        TestObject item = TestObject.Create(1, 10_000);
        await item.PutAsync(backend);
        await backend.FlushAsync();

        // The bytes around the destination must stay as they are.
        byte[] buffer = new byte[length + 2];
        Assert.True(await backend.GetAsync(item.Name, offset, buffer.AsMemory(1, length), null));
        Assert.Equal([0, .. item.Content.AsSpan(offset, length), 0], buffer);
    }

    [Theory]
    [InlineData(0, 10_001)]
    [InlineData(10_000, 1)]
    [InlineData(9_999, 2)]
    [InlineData(10_001, 0)]
    [InlineData(10_001, 1)]
    [InlineData(long.MaxValue, 1)]
    [InlineData(long.MaxValue, 0)]
    public async Task A_range_beyond_the_end_is_refused(long offset, int length)
    {
        IBackend backend = await OpenAsync();
        TestObject item = TestObject.Create(1, 10_000);
        await item.PutAsync(backend);
        await backend.FlushAsync();
        CorruptDataException exception = await Assert.ThrowsAsync<CorruptDataException>(
            async () => await backend.GetAsync(item.Name, offset, new byte[length], null));
        Assert.Contains("ends before", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_negative_offset_is_a_bug_of_the_caller()
    {
        IBackend backend = await OpenAsync();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await backend.GetAsync(TestObject.Create(1, 1).Name, -1, new byte[1], null));
    }

    [Fact]
    public async Task The_bytes_are_not_used_after_the_put_completed()
    {
        IBackend backend = await OpenAsync();
        TestObject item = TestObject.Create(1, 100_000);
        byte[] lent = [.. item.Content];
        await backend.PutAsync(item.Name, new ReadOnlySequence<byte>(lent));
        lent.AsSpan().Clear();
        await backend.FlushAsync();
        Assert.Equal(item.Content, await TestObject.GetAsync(backend, item.Name));
    }

    [Fact]
    public async Task Putting_what_is_there_is_a_success()
    {
        IBackend backend = await OpenAsync();
        TestObject item = TestObject.Create(1, 20_000);
        await item.PutAsync(backend);
        await item.PutAsync(backend);
        await backend.FlushAsync();
        await item.PutAsync(backend);
        await backend.FlushAsync();
        IBackend other = await OpenAgainAsync();
        await item.PutAsync(other);
        await other.FlushAsync();
        Assert.Equal(item.Content, await TestObject.GetAsync(backend, item.Name));
        Assert.Single(await TestObject.ListAsync(backend, ObjectKind.Pack));
    }

    [Fact]
    public async Task An_object_of_another_size_is_replaced()
    {
        IBackend backend = await OpenAsync();
        TestObject item = TestObject.Create(1, 20_000);
        await backend.PutAsync(item.Name, new ReadOnlySequence<byte>(item.Content, 0, 5_000));
        await backend.FlushAsync();
        await item.PutAsync(backend);
        await backend.FlushAsync();
        Assert.Equal(item.Content, await TestObject.GetAsync(backend, item.Name));
    }

    [Fact]
    public virtual async Task The_same_object_put_by_many_at_once_is_there_once_and_whole()
    {
        IBackend[] backends = [await OpenAsync(), await OpenAgainAsync()];
        TestObject item = TestObject.Create(1, 200_000);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(number => Task.Run(async () =>
        {
            IBackend backend = backends[number % 2];
            await item.PutAsync(backend);
            await backend.FlushAsync();
            Assert.Equal(item.Content, await GetUndisturbedAsync(backend, item.Name));
        })));
        Assert.Equal([new ObjectInfo(item.Name, 200_000)], await TestObject.ListAsync(backends[0], ObjectKind.Pack));
    }

    [Fact]
    public async Task Many_can_put_flush_get_and_list_at_once()
    {
        IBackend backend = await OpenAsync();
        TestObject[] items = [.. Enumerable.Range(0, CrowdSize).Select(
            seed => TestObject.Create(seed, seed * 37 % 9000, seed % 3 == 0 ? ObjectKind.Index : ObjectKind.Pack))];
        int next = -1;
        await Task.WhenAll(Enumerable.Range(0, 16).Select(number => Task.Run(async () =>
        {
            for (int i = Interlocked.Increment(ref next); i < items.Length; i = Interlocked.Increment(ref next))
            {
                await items[i].PutAsync(backend);
                if (i % 7 == 0)
                {
                    await backend.FlushAsync();
                    Assert.Equal(items[i].Content, await TestObject.GetAsync(backend, items[i].Name));
                    Assert.Contains(
                        new ObjectInfo(items[i].Name, items[i].Content.Length),
                        await TestObject.ListAsync(backend, items[i].Name.Kind));
                }
            }
        })));
        await backend.FlushAsync();
        IBackend other = await OpenAgainAsync();
        await Task.WhenAll(items.Select(item => Task.Run(
            async () => Assert.Equal(item.Content, await TestObject.GetAsync(other, item.Name)))));
        foreach (ObjectKind kind in (ObjectKind[])[ObjectKind.Index, ObjectKind.Pack])
        {
            Assert.Equal(
                items.Where(item => item.Name.Kind == kind).Select(item => new ObjectInfo(item.Name, item.Content.Length))
                    .OrderBy(info => info.Name.Id),
                (await TestObject.ListAsync(other, kind)).OrderBy(info => info.Name.Id));
        }
    }

    [Fact]
    public async Task Each_of_many_flushes_at_once_covers_the_puts_before_it()
    {
        IBackend backend = await OpenAsync();
        IBackend other = await OpenAgainAsync();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(number => Task.Run(async () =>
        {
            for (int round = 0; round < CrowdSize / 20; round++)
            {
                TestObject item = TestObject.Create(number * 1000 + round, 100, ObjectKind.Snapshot);
                await item.PutAsync(backend);
                await backend.FlushAsync();
                Assert.Equal(100, await other.GetSizeAsync(item.Name));
            }
        })));
    }

    [Fact]
    public async Task A_kind_lists_only_its_own()
    {
        IBackend backend = await OpenAsync();
        TestObject pack = TestObject.Create(1, 10);
        ObjectName sameId = new(ObjectKind.Session, pack.Name.Id);
        await pack.PutAsync(backend);
        await backend.PutAsync(sameId, new ReadOnlySequence<byte>(new byte[3]));
        await backend.FlushAsync();
        Assert.Equal([new ObjectInfo(pack.Name, 10)], await TestObject.ListAsync(backend, ObjectKind.Pack));
        Assert.Equal([new ObjectInfo(sameId, 3)], await TestObject.ListAsync(backend, ObjectKind.Session));
        await backend.DeleteAsync(sameId);
        await backend.FlushAsync();
        Assert.Equal(pack.Content, await TestObject.GetAsync(backend, pack.Name));
    }

    [Fact]
    public async Task What_is_deleted_is_gone_for_everybody_and_can_come_again()
    {
        IBackend backend = await OpenAsync();
        Assert.True(backend.Capabilities.CanDelete, "Override this test where the store cannot.");
        TestObject kept = TestObject.Create(1, 100);
        TestObject deleted = TestObject.Create(2, 200);
        await kept.PutAsync(backend);
        await deleted.PutAsync(backend);
        await backend.FlushAsync();
        await backend.DeleteAsync(deleted.Name);
        await backend.DeleteAsync(deleted.Name);
        await backend.FlushAsync();
        IBackend other = await OpenAgainAsync();
        foreach (IBackend reader in (IBackend[])[backend, other])
        {
            Assert.Null(await reader.GetSizeAsync(deleted.Name));
            Assert.False(await reader.GetAsync(deleted.Name, 0, new byte[200], null));
            Assert.Equal([new ObjectInfo(kept.Name, 100)], await TestObject.ListAsync(reader, ObjectKind.Pack));
        }
        await deleted.PutAsync(other);
        await other.FlushAsync();
        Assert.Equal(deleted.Content, await TestObject.GetAsync(backend, deleted.Name));
    }

    [Fact]
    public async Task An_unflushed_object_that_is_deleted_does_not_appear()
    {
        IBackend backend = await OpenAsync();
        TestObject item = TestObject.Create(1, 100);
        await item.PutAsync(backend);
        await backend.DeleteAsync(item.Name);
        await backend.FlushAsync();
        Assert.Null(await TestObject.GetAsync(backend, item.Name));
        Assert.Empty(await TestObject.ListAsync(await OpenAgainAsync(), ObjectKind.Pack));
    }

    [Fact]
    public async Task An_object_put_again_after_its_deletion_is_kept()
    {
        IBackend backend = await OpenAsync();
        TestObject item = TestObject.Create(1, 100);
        await item.PutAsync(backend);
        await backend.FlushAsync();
        await backend.DeleteAsync(item.Name);
        await item.PutAsync(backend);
        await backend.FlushAsync();
        Assert.Equal(item.Content, await TestObject.GetAsync(await OpenAgainAsync(), item.Name));
    }

    [Fact]
    public async Task A_flush_of_nothing_is_a_success()
    {
        IBackend backend = await OpenAsync();
        await backend.FlushAsync();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => backend.FlushAsync().AsTask()));
    }

    [Fact]
    public async Task A_cancelled_call_does_nothing_and_harms_nothing()
    {
        IBackend backend = await OpenAsync();
        TestObject item = TestObject.Create(1, 100);
        using CancellationTokenSource source = new();
        await source.CancelAsync();
        CancellationToken cancelled = source.Token;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await item.PutAsync(backend, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await backend.FlushAsync(cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await backend.GetAsync(item.Name, 0, new byte[1], null, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await backend.GetSizeAsync(item.Name, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await backend.ReadHeaderAsync(cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await backend.CreateHeaderAsync("x"u8.ToArray(), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await backend.DeleteAsync(item.Name, cancelled));
        await backend.FlushAsync();
        Assert.Null(await TestObject.GetAsync(backend, item.Name));

        await item.PutAsync(backend);
        await backend.FlushAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (ObjectInfo info in backend.ListAsync(ObjectKind.Pack, cancelled))
            {
                Assert.Fail($"Listed {info} although cancelled.");
            }
        });
        Assert.Equal(item.Content, await TestObject.GetAsync(backend, item.Name));
    }

    [Fact]
    public virtual async Task A_put_cancelled_at_any_moment_leaves_the_object_absent_or_whole()
    {
        IBackend backend = await OpenAsync();
        for (int seed = 0; seed < 20; seed++)
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
            await backend.FlushAsync();
            byte[]? content = await TestObject.GetAsync(backend, item.Name);
            Assert.True(content is null || item.Matches(content), $"seed {seed}");
            Assert.True(content is not null || !put.IsCompletedSuccessfully, $"seed {seed}: put, flushed and absent");
        }
    }

    [Fact]
    public async Task Free_space_is_unknown_or_a_number()
    {
        IBackend backend = await OpenAsync();
        Assert.True(await backend.GetFreeSpaceInBytesAsync() is null or >= 0);
    }

    private async Task<byte[]?> GetUndisturbedAsync(IBackend backend, ObjectName name)
    {
        for (int i = 0; ; i++)
        {
            try
            {
                return await TestObject.GetAsync(backend, name);
            }
            catch (BackendException exception) when (IsReadingDisturbedByReplacing && exception.IsTransient && i < 100)
            {
                // Again.
            }
        }
    }

    /// <summary>A back-end on a fresh location without a repository; closed at the end of the test.</summary>
    protected async Task<IBackend> OpenEmptyAsync()
    {
        IBackend backend = await CreateAsync();
        _open.Add(backend);
        return backend;
    }

    /// <summary>A back-end on a fresh repository.</summary>
    protected async Task<IBackend> OpenAsync()
    {
        IBackend backend = await OpenEmptyAsync();
        await backend.CreateHeaderAsync("a header"u8.ToArray());
        return backend;
    }

    /// <summary>One more back-end on the location of this test.</summary>
    protected async Task<IBackend> OpenAgainAsync()
    {
        IBackend backend = await ReopenAsync();
        _open.Add(backend);
        return backend;
    }
}
