using Ebla.Backends;
using Ebla.Backends.Decorators;
using Ebla.Backends.Memory;
using Ebla.Backends.Traffic;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Backends.Decorators;

public sealed class RetryingBackendTests : IAsyncDisposable
{
    private static readonly TestObject Item = TestObject.Create(1, 100_000);

    private readonly RunningClock _clock = new(TimeSpan.FromSeconds(1));
    private readonly TrafficMeter _meter = new();
    private readonly List<string> _notices = [];
    private readonly MemoryBackend _store = new(showsUnflushed: true);

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory]
    [InlineData(FaultKind.ErrorBefore, 2)]
    [InlineData(FaultKind.ErrorAfter, 1)]
    public async Task What_arrived_is_not_sent_again(FaultKind kind, long puts)
    {
        IBackend backend = Over(new FaultyBackend(new CountingBackend(_store, _meter), new Fault(1, kind), BackendOperation.Put));
        _ = await _clock.RunAsync(async () => await Item.PutAsync(backend));
        Assert.Equal(puts, _meter.Read().Puts + (kind == FaultKind.ErrorBefore ? 1 : 0));
        Assert.Equal(Item.Content.Length, _meter.Read().SentInBytes);
        Assert.Equal(1, _meter.Read().Retries);
        Assert.Equal(Item.Content, await TestObject.GetAsync(_store, Item.Name));
    }

    [Fact]
    public async Task What_arrived_in_part_is_sent_again()
    {
        await _store.PutAsync(Item.Name, new System.Buffers.ReadOnlySequence<byte>(Item.Content, 0, 7));
        IBackend backend = Over(new FaultyBackend(_store, new Fault(1, FaultKind.ErrorBefore), BackendOperation.Put));
        _ = await _clock.RunAsync(async () => await Item.PutAsync(backend));
        Assert.Equal(Item.Content, await TestObject.GetAsync(_store, Item.Name));
    }

    [Fact]
    public async Task An_outage_of_minutes_is_survived_by_all_calls_and_told_once()
    {
        byte[] header = new byte[300];
        await _store.CreateHeaderAsync(header);
        await Item.PutAsync(_store);
        DateTimeOffset back = _clock.Time.GetUtcNow() + TimeSpan.FromMinutes(6);
        IBackend backend = Over(new FaultyBackend(_ => _clock.Time.GetUtcNow() < back ? FaultKind.ErrorBefore : null, _store));
        byte[]?[] read = new byte[]?[20];
        TimeSpan passed = await _clock.RunAsync(() => Task.WhenAll(Enumerable.Range(0, read.Length).Select(async i =>
            read[i] = i % 2 == 0
                ? await backend.ReadHeaderAsync()
                : await backend.GetWholeAsync(Item.Name, Item.Content.Length, null))));
        Assert.All(read, (content, i) => Assert.Equal(i % 2 == 0 ? header : Item.Content, content));
        Assert.InRange(passed, TimeSpan.FromMinutes(6), TimeSpan.FromMinutes(7));
        Assert.Equal(2, _notices.Count);
        Assert.Contains("Trying again for 15 minutes", _notices[0], StringComparison.Ordinal);
        Assert.Contains("answers again", _notices[1], StringComparison.Ordinal);
        // Some ten attempts for each call, not hundreds.
        Assert.InRange(_meter.Read().Retries, 20 * 8, 20 * 40);
    }

    [Fact]
    public async Task After_the_time_for_it_the_call_fails_with_the_last_failure()
    {
        IBackend backend = Over(new FaultyBackend(_ => FaultKind.ErrorBefore, _store));
        BackendException? failure = null;
        TimeSpan passed = await _clock.RunAsync(async () =>
            failure = await Assert.ThrowsAsync<BackendException>(async () => await backend.ReadHeaderAsync()));
        Assert.InRange(passed, TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(16));
        Assert.Contains("before the effect", failure!.Message, StringComparison.Ordinal);
        Assert.Contains("for 900 seconds", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.IsTransient);
        Assert.Single(_notices);

        // Who cleans up now does not wait as long again.
        TimeSpan more = await _clock.RunAsync(() => Assert.ThrowsAsync<BackendException>(async () => await backend.FlushAsync()));
        Assert.InRange(more, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_host_that_never_answered_in_this_run_is_given_up_soon_and_one_that_did_is_not()
    {
        BackendException refused = new("Connection refused.", isTransient: true) { Kind = BackendFailureKind.NoContact };
        bool isThere = false;
        IBackend backend = Over(new FaultyBackend(_ => isThere ? null : throw refused, _store));
        BackendException? failure = null;
        TimeSpan passed = await _clock.RunAsync(async () =>
            failure = await Assert.ThrowsAsync<BackendException>(async () => await backend.ReadHeaderAsync()));
        Assert.InRange(passed, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(45));
        Assert.StartsWith("Connection refused. Nobody has answered there", failure!.Message, StringComparison.Ordinal);
        Assert.Contains("--retry-for", failure.Message, StringComparison.Ordinal);
        Assert.Contains("30 seconds", Assert.Single(_notices), StringComparison.Ordinal);

        isThere = true;
        Assert.Null(await backend.ReadHeaderAsync());
        isThere = false;
        passed = await _clock.RunAsync(async () =>
            failure = await Assert.ThrowsAsync<BackendException>(async () => await backend.ReadHeaderAsync()));
        Assert.InRange(passed, TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(16));
        Assert.DoesNotContain("--retry-for", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 15)]
    public async Task A_put_that_the_server_fails_while_it_answers_questions_is_given_up_sooner(bool answersQuestions, int minutes)
    {
        BackendException broken = new("The server says 500.", isTransient: true) { Kind = BackendFailureKind.ServerError };
        BackendOperation faulty = answersQuestions ? BackendOperation.Put : BackendOperation.All;
        IBackend backend = Over(new FaultyBackend(_ => throw broken, _store, faulty));
        BackendException? failure = null;
        TimeSpan passed = await _clock.RunAsync(async () =>
            failure = await Assert.ThrowsAsync<BackendException>(async () => await Item.PutAsync(backend)));
        Assert.InRange(passed, TimeSpan.FromMinutes(minutes), TimeSpan.FromMinutes(minutes + 1));
        Assert.StartsWith("The server says 500.", failure!.Message, StringComparison.Ordinal);
        Assert.Equal(answersQuestions, failure.Message.Contains("look whether its disk is full", StringComparison.Ordinal));
        Assert.Contains($"Trying again for {(answersQuestions ? "2 minutes" : "15 minutes")}", Assert.Single(_notices), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_that_breaks_under_each_put_is_no_full_disk()
    {
        IBackend backend = Over(new FaultyBackend(_ => FaultKind.ErrorBefore, _store, BackendOperation.Put));
        TimeSpan passed = await _clock.RunAsync(() => Assert.ThrowsAsync<BackendException>(async () => await Item.PutAsync(backend)));
        Assert.InRange(passed, TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(16));
    }

    [Fact]
    public async Task The_time_that_a_user_asks_for_holds_whatever_the_reason()
    {
        foreach (BackendFailureKind kind in Enum.GetValues<BackendFailureKind>())
        {
            BackendException failure = new("No.", isTransient: true) { Kind = kind };
            IBackend backend = Over(new FaultyBackend(_ => throw failure, _store, BackendOperation.Put), TimeSpan.FromMinutes(40));
            TimeSpan passed = await _clock.RunAsync(() => Assert.ThrowsAsync<BackendException>(async () => await Item.PutAsync(backend)));
            Assert.InRange(passed, TimeSpan.FromMinutes(40), TimeSpan.FromMinutes(41));
        }
    }

    [Fact]
    public async Task Without_time_nothing_is_tried_again()
    {
        FaultyBackend faulty = new(_store, new Fault(1, FaultKind.ErrorBefore));
        IBackend backend = Over(faulty, TimeSpan.Zero);
        await Assert.ThrowsAsync<BackendException>(async () => await backend.ReadHeaderAsync());
        Assert.Equal(1, faulty.OperationCount);
        Assert.Empty(_notices);
    }

    [Fact]
    public async Task What_does_not_pass_is_not_tried_again()
    {
        foreach (EblaException failure in (EblaException[])
            [new BackendException("The disk is full.", isTransient: false), new AccessDeniedException("No."), new NoRepositoryException("None.")])
        {
            int calls = 0;
            IBackend backend = Over(new FaultyBackend(
                _ =>
                {
                    calls++;
                    throw failure;
                },
                _store));
            Assert.Same(failure, await Assert.ThrowsAnyAsync<EblaException>(async () => await backend.FlushAsync()));
            Assert.Equal(1, calls);
        }
    }

    [Fact]
    public async Task What_the_store_asks_for_is_obeyed()
    {
        int calls = 0;
        TimeSpan asked = TimeSpan.FromSeconds(70);
        IBackend backend = Over(new FaultyBackend(
            _ => calls++ == 0 ? throw new BackendException("Slow down.", isTransient: true) { RetryAfter = asked } : null, _store));
        TimeSpan passed = await _clock.RunAsync(async () => await backend.ReadHeaderAsync());
        Assert.InRange(passed, asked, asked + TimeSpan.FromSeconds(2));

        calls = 0;
        asked = TimeSpan.FromMinutes(16);
        await Assert.ThrowsAsync<BackendException>(async () => await backend.ReadHeaderAsync());
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task A_wait_can_be_cancelled()
    {
        IBackend backend = Over(new FaultyBackend(_ => FaultKind.ErrorBefore, _store));
        using CancellationTokenSource source = new();
        Task reading = backend.ReadHeaderAsync(source.Token).AsTask();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Theory]
    [InlineData(FaultKind.ErrorBefore)]
    [InlineData(FaultKind.ErrorAfter)]
    public async Task A_header_whose_creation_was_not_answered_is_ours(FaultKind kind)
    {
        IBackend backend = Over(new FaultyBackend(_store, new Fault(1, kind), BackendOperation.CreateHeader));
        byte[] header = Item.Content[..300];
        _ = await _clock.RunAsync(async () => await backend.CreateHeaderAsync(header));
        Assert.Equal<byte[]?>(header, await _store.ReadHeaderAsync());
        await Assert.ThrowsAsync<RepositoryExistsException>(async () => await backend.CreateHeaderAsync(header));
    }

    [Fact]
    public async Task A_header_that_somebody_else_created_meanwhile_is_not_ours()
    {
        int calls = 0;
        byte[] other = Item.Content[..200];
        IBackend backend = Over(new FaultyBackend(
            _ =>
            {
                if (calls++ == 0)
                {
                    _store.CreateHeaderAsync(other).AsTask().GetAwaiter().GetResult();
                    return FaultKind.ErrorBefore;
                }
                return null;
            },
            _store,
            BackendOperation.CreateHeader));
        _ = await _clock.RunAsync(() => Assert.ThrowsAsync<RepositoryExistsException>(
            async () => await backend.CreateHeaderAsync(Item.Content.AsMemory(0, 300))));
        Assert.Equal<byte[]?>(other, await _store.ReadHeaderAsync());
    }

    [Fact]
    public async Task A_listing_that_breaks_off_begins_anew_and_shows_each_name_once()
    {
        for (int seed = 0; seed < 10; seed++)
        {
            await TestObject.Create(seed, 10).PutAsync(_store);
        }
        IBackend backend = Over(new FaultyBackend(_store, new Fault(1, FaultKind.Truncated, 3), BackendOperation.List));
        List<ObjectInfo> lines = [];
        _ = await _clock.RunAsync(async () => lines = await TestObject.ListAsync(backend, ObjectKind.Pack));
        Assert.Equal(10, lines.Distinct().Count());
        Assert.Equal(10, lines.Count);
        Assert.Equal(3, _meter.Read().Retries);
    }

    [Fact]
    public async Task Calls_that_fail_by_chance_come_to_the_same_in_the_end()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            MemoryBackend store = new(showsUnflushed: seed % 2 == 0);
            IBackend backend = Over(FaultyBackend.Dropping(store, seed, 2));
            TestObject kept = TestObject.Create(seed, 500);
            TestObject deleted = TestObject.Create(seed + 1000, 500);
            List<ObjectInfo> lines = [];
            _ = await _clock.RunAsync(async () =>
            {
                await kept.PutAsync(backend);
                await deleted.PutAsync(backend);
                await backend.FlushAsync();
                await backend.DeleteAsync(deleted.Name);
                await backend.FlushAsync();
                lines = await TestObject.ListAsync(backend, ObjectKind.Pack);
            });
            Assert.True(lines.SequenceEqual([new ObjectInfo(kept.Name, 500)]), $"seed {seed}");
            Assert.True(kept.Matches(await TestObject.GetAsync(store.DurableCopy(), kept.Name)), $"seed {seed}");
        }
    }

    [Fact]
    public void Waits_double_up_to_half_a_minute()
    {
        Assert.Equal(TimeSpan.FromSeconds(0.5), BackOff.After(1, 1));
        Assert.Equal(TimeSpan.FromSeconds(4), BackOff.After(4, 1));
        Assert.Equal(TimeSpan.FromSeconds(32), BackOff.After(1000, 1));
        Assert.Equal(TimeSpan.Zero, BackOff.After(5, 0));
    }

    private RetryingBackend Over(IBackend inner, TimeSpan? retryTime = null) => new(
        inner, new Retries(retryTime is { } always ? RetryTimes.Always(always) : new RetryTimes(), _clock.Time, new Random(1), _meter, Note));

    private void Note(string notice)
    {
        lock (_notices)
        {
            _notices.Add(notice);
        }
    }
}
