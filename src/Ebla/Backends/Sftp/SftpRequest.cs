using Ebla.Primitives;

namespace Ebla.Backends.Sftp;

/// <summary>A request under way: waits for its answer.</summary>
/// <param name="destination">Where data go that answer it; empty if none may.</param>
internal sealed class SftpRequest(Memory<byte> destination)
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<SftpReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isAbandoned;

    /// <summary>The answer. A cancelled wait abandons the request.</summary>
    public async Task<SftpReply> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _reply.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Abandon();
            throw;
        }
    }

    /// <summary>The answer, for those who must have it. Cancelled if the request was abandoned and the connection ended.</summary>
    public Task<SftpReply> Reply => _reply.Task;

    /// <summary>From now on nothing is written to the destination.</summary>
    public void Abandon()
    {
        lock (_lock)
        {
            _isAbandoned = true;
        }
    }

    /// <summary>Takes the answer. What makes no sense fails the request.</summary>
    public void Complete(SftpPacketType type, ReadOnlySpan<byte> body)
    {
        try
        {
            if (type != SftpPacketType.Data)
            {
                _ = _reply.TrySetResult(new SftpReply(type, body.ToArray(), 0));
                return;
            }
            ReadOnlySpan<byte> data = new SftpDecoder(body).Bytes();

            // No data is no answer: the end of a file has a status of its own, and we would ask for ever.
            if (data.IsEmpty || data.Length > destination.Length)
            {
                throw SftpDecoder.Malformed();
            }
            lock (_lock)
            {
                if (!_isAbandoned)
                {
                    data.CopyTo(destination.Span);
                }
            }
            _ = _reply.TrySetResult(new SftpReply(type, [], data.Length));
        }
        catch (BackendException exception)
        {
            _ = _reply.TrySetException(exception);
        }
    }

    /// <summary>There will be no answer.</summary>
    public void Fail(EblaException exception)
    {
        lock (_lock)
        {
            // Nobody looks at an abandoned one, and an exception that nobody looks at is reported as a fault of the program.
            _ = _isAbandoned ? _reply.TrySetCanceled() : _reply.TrySetException(exception);
        }
    }
}
