using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Ebla.Primitives;

namespace Ebla.Backends.Sftp;

/// <summary>One session with an SFTP server: requests go out as they come, any number at once, and answers find theirs by number.</summary>
/// <remarks>
/// SFTP version 3 (draft-ietf-secsh-filexfer-02). Two threads of its own move the bytes, with blocking calls. When the session ends, or
/// nothing moves for the time for stalls although an answer is awaited, all requests fail and the connection is of no further use.
/// </remarks>
internal sealed class SftpConnection : IAsyncDisposable
{
    private const uint ProtocolVersion = 3;

    // What may wait for the line besides what its own buffers hold. Small, so that a short request need not wait long behind it.
    private const int OutgoingSizeInBytesMax = 512 * 1024;

    private static readonly TimeSpan GoodbyeTime = TimeSpan.FromSeconds(2);

    private readonly SftpTransport _transport;
    private readonly string _where;
    private readonly TimeSpan _stallTime;
    private readonly Pipe _outgoing = new(new PipeOptions(
        pauseWriterThreshold: OutgoingSizeInBytesMax, resumeWriterThreshold: OutgoingSizeInBytesMax / 2,
        minimumSegmentSize: 64 * 1024, useSynchronizationContext: false));

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<uint, SftpRequest> _pending = [];
    private readonly TaskCompletionSource<byte[]> _version = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _over = new();
    private uint _lastId;
    private long _lastProgress;
    private SftpFailure? _failure;

    private SftpConnection(SftpTransport transport, string where, TimeSpan stallTime)
    {
        _transport = transport;
        _where = where;
        _stallTime = stallTime;
        NoteProgress();
    }

    /// <summary>What the server can do beyond the draft.</summary>
    public SftpExtensions Extensions { get; private set; } = SftpExtensions.None;

    /// <summary>Whether it ended. Further requests fail at once.</summary>
    public bool IsOver => Volatile.Read(ref _failure) is not null;

    /// <summary>Begins a session and learns what the server can do. Owns the transport from now on, also if it fails.</summary>
    /// <param name="transport">Carries it.</param>
    /// <param name="where">The location, for messages.</param>
    /// <param name="stallTime">How long nothing may move while an answer is awaited.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<SftpConnection> OpenAsync(
        SftpTransport transport, string where, TimeSpan stallTime, CancellationToken cancellationToken)
    {
        SftpConnection connection = new(transport, where, stallTime);
        try
        {
            StartThread(connection.SendAll, "sftp send");
            StartThread(connection.ReceiveAll, "sftp receive");
            await connection.GreetAsync(cancellationToken).ConfigureAwait(false);
            _ = connection.WatchAsync();
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Sends a request and waits for its answer.</summary>
    public async Task<SftpReply> CallAsync(SftpPacketType type, SftpEncoder fields, CancellationToken cancellationToken)
    {
        SftpRequest request = new(default);
        await SendAsync(type, fields, null, request, cancellationToken).ConfigureAwait(false);
        return await request.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a request. Returns when its bytes are taken over; the answer comes later.</summary>
    /// <param name="type">What it is.</param>
    /// <param name="fields">What follows its number.</param>
    /// <param name="data">Bytes after that, with their length; none for a request without data.</param>
    /// <param name="request">Gets the answer. Also after a cancelled call it may get one: abandon it then, or wait for it.</param>
    /// <param name="cancellationToken">Cancels the wait; the request may have been sent.</param>
    public async Task SendAsync(
        SftpPacketType type, SftpEncoder fields, ReadOnlySequence<byte>? data, SftpRequest request, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        Task flushed;
        try
        {
            Write(type, Register(request), fields.Written.Span, data);
            flushed = FlushAsync();
        }
        catch
        {
            _ = _turn.Release();
            throw;
        }
        await flushed.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the session: what is under way fails.</summary>
    public async ValueTask DisposeAsync()
    {
        bool isFree = await _turn.WaitAsync(GoodbyeTime).ConfigureAwait(false);
        if (isFree && !IsOver)
        {
            // Lets what was sent go out, the closing of handles above all; then the server sees the end.
            await _outgoing.Writer.CompleteAsync().ConfigureAwait(false);
            using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(_over.Token);
            patience.CancelAfter(GoodbyeTime);
            await Task.Delay(Timeout.InfiniteTimeSpan, patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        End(new SftpFailure($"{_where}: the connection was closed.", IsTransient: true));
        if (isFree)
        {
            // Who waits for the turn shall learn that it is over.
            _ = _turn.Release();
        }
        await _transport.DisposeAsync().ConfigureAwait(false);
    }

    private static void StartThread(ThreadStart run, string name)
        => new Thread(run, maxStackSize: 256 * 1024) { IsBackground = true, Name = name }.Start();

    private async Task GreetAsync(CancellationToken cancellationToken)
    {
        // Length, type, version: the only packet without a number.
        byte[] init = new byte[9];
        BinaryPrimitives.WriteInt32BigEndian(init, 5);
        init[4] = (byte)SftpPacketType.Init;
        BinaryPrimitives.WriteUInt32BigEndian(init.AsSpan(5), ProtocolVersion);
        _ = await _outgoing.Writer.WriteAsync(init, cancellationToken).ConfigureAwait(false);
        TimeSpan patience = _stallTime * 2;
        byte[] version;
        try
        {
            version = await _version.Task.WaitAsync(patience, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new BackendException($"{_where}: the server did not answer within {patience.TotalSeconds:0} seconds.", isTransient: true);
        }
        Extensions = SftpExtensions.Read(version, ProtocolVersion, _where);
        if (Extensions.HasLimits)
        {
            SftpReply reply = await CallAsync(
                SftpPacketType.Extended, new SftpEncoder().Text(SftpExtensions.LimitsName), cancellationToken).ConfigureAwait(false);
            Extensions = Extensions.WithLimits(reply);
        }
    }

    private uint Register(SftpRequest request)
    {
        lock (_lock)
        {
            if (_failure is { } failure)
            {
                throw failure.ToException();
            }
            if (_pending.Count == 0)
            {
                NoteProgress();
            }
            uint id = unchecked(++_lastId);
            _pending.Add(id, request);
            return id;
        }
    }

    private void Write(SftpPacketType type, uint id, ReadOnlySpan<byte> fields, ReadOnlySequence<byte>? data)
    {
        PipeWriter writer = _outgoing.Writer;
        int dataLength = data is { } bytes ? (int)bytes.Length : 0;
        Span<byte> head = writer.GetSpan(9);
        BinaryPrimitives.WriteInt32BigEndian(head, 5 + fields.Length + (data is null ? 0 : 4 + dataLength));
        head[4] = (byte)type;
        BinaryPrimitives.WriteUInt32BigEndian(head[5..], id);
        writer.Advance(9);
        writer.Write(fields);
        if (data is { } payload)
        {
            BinaryPrimitives.WriteInt32BigEndian(writer.GetSpan(4), dataLength);
            writer.Advance(4);
            foreach (ReadOnlyMemory<byte> part in payload)
            {
                writer.Write(part.Span);
            }
        }
    }

    // Ends the turn when the bytes are taken, also if the caller does not wait for it: packets must not be torn.
    private async Task FlushAsync()
    {
        try
        {
            _ = await _outgoing.Writer.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    private void SendAll()
    {
        PipeReader reader = _outgoing.Reader;
        try
        {
            while (true)
            {
                ValueTask<ReadResult> reading = reader.ReadAsync();
                ReadResult result = reading.IsCompletedSuccessfully ? reading.Result : reading.AsTask().GetAwaiter().GetResult();
                foreach (ReadOnlyMemory<byte> part in result.Buffer)
                {
                    _transport.ToServer.Write(part.Span);
                    NoteProgress();
                }
                reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted || IsOver)
                {
                    break;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The other direction ends too, and knows why.
        }
        finally
        {
            // The end of the stream ends the session.
            _transport.ToServer.Dispose();
            reader.Complete();
        }
    }

    private void ReceiveAll()
    {
        try
        {
            SftpPacketSource packets = new(_transport.FromServer);
            for (ReadOnlySpan<byte> packet = packets.Next(); !packet.IsEmpty; packet = packets.Next())
            {
                NoteProgress();
                Receive(packet);
            }
            End(_transport.ExplainEnd());
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            End(_transport.ExplainEnd());
        }
        catch (InvalidDataException exception)
        {
            End(new SftpFailure($"{_where}: what answers does not speak SFTP: {exception.Message}.", IsTransient: false));
        }
        finally
        {
            _transport.FromServer.Dispose();
            _ = _over.CancelAsync();
        }
    }

    private void Receive(ReadOnlySpan<byte> packet)
    {
        SftpPacketType type = (SftpPacketType)packet[0];
        if (!_version.Task.IsCompleted)
        {
            _ = type == SftpPacketType.Version
                ? _version.TrySetResult(packet[1..].ToArray())
                : throw new InvalidDataException($"the first packet is of type {packet[0]}");
            return;
        }
        if (packet.Length < 5)
        {
            throw new InvalidDataException("a packet has no number");
        }
        uint id = BinaryPrimitives.ReadUInt32BigEndian(packet[1..]);
        SftpRequest? request;
        lock (_lock)
        {
            _ = _pending.Remove(id, out request);
        }
        if (request is null)
        {
            if (IsOver)
            {
                return;
            }
            throw new InvalidDataException("an answer belongs to no request");
        }
        request.Complete(type, packet[5..]);
    }

    // An answer is awaited, and for a long time neither did one come nor did the line take anything: it is dead, or the server is.
    private async Task WatchAsync()
    {
        using PeriodicTimer timer = new(_stallTime / 4, TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(_over.Token).ConfigureAwait(false))
            {
                bool isWaiting;
                lock (_lock)
                {
                    isWaiting = _pending.Count > 0;
                }
                if (isWaiting && TimeProvider.System.GetElapsedTime(Volatile.Read(ref _lastProgress)) > _stallTime)
                {
                    End(new SftpFailure(
                        $"{_where}: the server has not answered for {_stallTime.TotalSeconds:0} seconds.", IsTransient: true));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The session is over, and so is the watch.
        }
    }

    private void NoteProgress() => Volatile.Write(ref _lastProgress, TimeProvider.System.GetTimestamp());

    private void End(SftpFailure failure)
    {
        SftpRequest[] left;
        lock (_lock)
        {
            if (_failure is not null)
            {
                return;
            }
            _failure = failure;
            left = [.. _pending.Values];
            _pending.Clear();
        }
        _ = _version.TrySetException(failure.ToException());
        foreach (SftpRequest request in left)
        {
            request.Fail(failure.ToException());
        }
        _outgoing.Reader.CancelPendingRead();
        _transport.Kill();
        _ = _over.CancelAsync();
    }
}
