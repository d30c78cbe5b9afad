using System.Buffers;
using System.Buffers.Binary;
using Ebla.Backends.Sftp;
using Ebla.Backends.Traffic;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Backends.Sftp;

/// <summary>The protocol against servers that break it.</summary>
public sealed class SftpConnectionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly Line Free = new(LineLimits.None, TimeProvider.System);

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0 }, "0 bytes")]
    [InlineData(new byte[] { 0, 4, 0, 1, 2 }, "262145 bytes")]
    [InlineData(new byte[] { 0, 0, 0, 5, 101, 0, 0, 0, 3 }, "type 101")]
    [InlineData(new byte[] { 0, 0, 0, 5, 2, 0, 0, 0, 6 }, "version 6")]
    [InlineData(new byte[] { 0, 0, 0, 5, 2, 0, 0, 0, 2 }, "version 2")]
    [InlineData(new byte[] { 0, 0, 0, 3, 2, 0, 0 }, "makes no sense")]
    [InlineData(new byte[] { 0, 0, 0, 9, 2, 0, 0, 0, 3, 255, 255, 255, 255 }, "makes no sense")]
    public async Task A_greeting_that_is_none_is_refused(byte[] greeting, string expected)
    {
        BackendException exception = await Assert.ThrowsAsync<BackendException>(
            async () => await SftpConnection.OpenAsync(new HostileServer(greeting, static (_, _) => []), "here", Patience, default));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.False(exception.IsTransient);
    }

    [Fact]
    public async Task A_server_that_does_not_greet_is_given_up()
    {
        BackendException exception = await Assert.ThrowsAsync<BackendException>(async () => await SftpConnection.OpenAsync(
            new HostileServer([], static (_, _) => []), "here", TimeSpan.FromMilliseconds(100), default));
        Assert.True(exception.IsTransient);
    }

    [Fact]
    public async Task A_request_that_is_never_answered_is_given_up()
    {
        SftpCalls calls = await ConnectAsync(static (_, _) => [], TimeSpan.FromMilliseconds(200));
        BackendException exception = await Assert.ThrowsAsync<BackendException>(async () => await calls.StatAsync("x", "x", default));
        Assert.True(exception.IsTransient);
        await calls.Connection.DisposeAsync();
    }

    [Fact]
    public async Task An_answer_to_no_request_ends_the_session()
    {
        SftpCalls calls = await ConnectAsync(static (_, id) => Answer(101, id + 1, new SftpEncoder().UInt32(0)));
        BackendException exception = await Assert.ThrowsAsync<BackendException>(async () => await calls.StatAsync("x", "x", default));
        Assert.Contains("no request", exception.Message, StringComparison.Ordinal);
        Assert.True(calls.Connection.IsOver);
        await calls.Connection.DisposeAsync();
    }

    [Fact]
    public async Task More_data_than_asked_for_and_no_data_are_refused()
    {
        foreach (int size in (int[])[0, 11])
        {
            SftpCalls calls = await ConnectAsync((_, id) => Answer(103, id, new SftpEncoder().Bytes(new byte[size])));
            byte[] buffer = new byte[30];
            _ = await Assert.ThrowsAsync<BackendException>(
                async () => await new SftpTransfer(calls, Free).ReadAsync([1], 0, buffer.AsMemory(10, 10), default));
            Assert.All(buffer, static value => Assert.Equal(0, value));
            await calls.Connection.DisposeAsync();
        }
    }

    [Fact]
    public async Task Short_answers_are_put_together()
    {
        // One byte each: its value is the number of the answer.
        byte count = 0;
        SftpCalls calls = await ConnectAsync((_, id) => Answer(103, id, new SftpEncoder().Bytes([++count])));
        byte[] buffer = new byte[100];
        (int size, SftpStatus status) = await new SftpTransfer(calls, Free).ReadAsync([1], 0, buffer, default);
        Assert.Equal(100, size);
        Assert.True(status.IsOk);
        Assert.Equal(Enumerable.Range(1, 100).Select(static value => (byte)value), buffer);
        await calls.Connection.DisposeAsync();
    }

    [Fact]
    public async Task A_folder_without_end_and_without_entries_is_refused()
    {
        SftpCalls calls = await ConnectAsync(static (type, id) => type == (byte)SftpPacketType.OpenFolder
            ? Answer(102, id, new SftpEncoder().Bytes([1]))
            : Answer(104, id, new SftpEncoder().UInt32(0)));
        _ = await Assert.ThrowsAsync<BackendException>(async () => await calls.ReadFolderAsync("x", "x", default));
        await calls.Connection.DisposeAsync();
    }

    [Fact]
    public async Task What_comes_after_a_read_was_cancelled_is_not_written_into_memory()
    {
        using SemaphoreSlim asked = new(0);
        using SemaphoreSlim mayAnswer = new(0);
        SftpCalls calls = await ConnectAsync((type, id) =>
        {
            if (type == (byte)SftpPacketType.Read)
            {
                _ = asked.Release();
                mayAnswer.Wait();
                return Answer(103, id, new SftpEncoder().Bytes([7, 7, 7]));
            }
            return Answer(101, id, new SftpEncoder().UInt32(2));
        });
        using CancellationTokenSource source = new();
        byte[] buffer = new byte[3];
        Task reading = new SftpTransfer(calls, Free).ReadAsync([1], 0, buffer, source.Token);
        await asked.WaitAsync();
        await source.CancelAsync();
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        _ = mayAnswer.Release();

        // A later answer, so the one before it has been dealt with.
        Assert.Null(await calls.StatAsync("x", "x", default));
        Assert.Equal([0, 0, 0], buffer);
        await calls.Connection.DisposeAsync();
    }

    [Fact]
    public async Task Whatever_a_server_answers_calls_end_with_a_value_or_a_typed_error()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            Random random = new(seed);
            SftpCalls calls = await ConnectAsync((type, id) => RandomAnswer(random, type, id));
            byte[] buffer = new byte[300_000];
            Func<Task>[] work =
            [
                () => calls.StatAsync("x", "x", default),
                () => calls.FileStatAsync([1], "x", default),
                () => calls.OpenAsync("x", default),
                () => calls.ReadFolderAsync("x", "x", default),
                () => calls.FindFreeSpaceAsync("x", default),
                () => calls.ReplaceAsync("x", "y", default),
                () => new SftpTransfer(calls, Free).ReadAsync([1], 0, buffer, default),
                () => new SftpTransfer(calls, Free).WriteAsync([1], new ReadOnlySequence<byte>(buffer), default),
            ];
            Task all = Task.WhenAll(work.Select(async call =>
            {
                try
                {
                    await call();
                }
                catch (EblaException)
                {
                    // One of the two outcomes.
                }
            }));
            Assert.True(await Task.WhenAny(all, Task.Delay(TimeSpan.FromSeconds(30))) == all, $"seed {seed}: no end");
            await all;
            await calls.Connection.DisposeAsync();
        }
    }

    private static async Task<SftpCalls> ConnectAsync(Func<byte, uint, byte[]?> answer, TimeSpan? patience = null)
        => new(await SftpConnection.OpenAsync(new HostileServer(HostileServer.Greeting, answer), "here", patience ?? Patience, default));

    private static byte[] Answer(byte type, uint id, SftpEncoder fields)
    {
        byte[] rest = new byte[4 + fields.Written.Length];
        BinaryPrimitives.WriteUInt32BigEndian(rest, id);
        fields.Written.CopyTo(rest.AsMemory(4));
        return HostileServer.Packet(type, rest);
    }

    // Mostly well-formed, of a type that may or may not fit, with numbers from the edges; then some bytes are changed.
    private static byte[]? RandomAnswer(Random random, byte request, uint id)
    {
        if (random.Next(40) == 0)
        {
            return null;
        }
        byte fitting = request switch { 3 or 11 => 102, 5 => 103, 8 or 17 => 105, 12 => 104, 200 => 201, _ => 101 };
        byte type = random.Next(3) > 0 ? fitting : (byte)random.Next(99, 107);
        SftpEncoder fields = new();
        for (int left = random.Next(12); left > 0; left--)
        {
            _ = random.Next(4) switch
            {
                0 => fields.UInt32((uint)random.Next(5)),
                1 => fields.UInt32(uint.MaxValue >> random.Next(32)),
                2 => fields.UInt64(ulong.MaxValue >> random.Next(64)),
                _ => fields.Bytes(new byte[random.Next(2) == 0 ? random.Next(8) : random.Next(140_000)]),
            };
        }
        byte[] answer = Answer(type, random.Next(60) == 0 ? id + 1 : id, fields);
        if (random.Next(10) == 0)
        {
            answer[random.Next(Math.Min(20, answer.Length))] ^= (byte)(1 << random.Next(8));
        }
        return answer;
    }
}
