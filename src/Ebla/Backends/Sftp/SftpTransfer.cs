using System.Buffers;
using Ebla.Backends.Traffic;

namespace Ebla.Backends.Sftp;

/// <summary>Moves the bytes of one file, with many requests in flight.</summary>
/// <param name="calls">The connection.</param>
/// <param name="line">Paces the bytes.</param>
internal sealed class SftpTransfer(SftpCalls calls, Line line)
{
    // Enough for a line of 50 ms at 80 MiB/s, even if only one file is on the way.
    private const int InFlightSizeInBytesMax = 4 * 1024 * 1024;

    // Chosen: under what every server takes (256 KiB), and few enough packets.
    private const int PartSizeInBytes = 128 * 1024;

    /// <summary>Writes a whole file, and makes it durable where the server can. The handle is closed afterwards, whatever happens.</summary>
    /// <returns>The first failure, or "OK".</returns>
    /// <remarks>
    /// Only the last answers are waited for: a server acts on the requests to one file in the order in which they come
    /// (draft-ietf-secsh-filexfer-02, section 6.1), so the sync and the closing can follow the bytes at once.
    /// </remarks>
    public async Task<SftpStatus> WriteAsync(byte[] handle, ReadOnlySequence<byte> content, CancellationToken cancellationToken)
    {
        int partSize = Math.Min(calls.Extensions.WriteSizeInBytesMax, PartSizeInBytes);
        Queue<(SftpRequest Request, int Size)> inFlight = [];
        SftpStatus failure = default;
        int bytesInFlight = 0;
        bool isClosing = false;
        try
        {
            for (long offset = 0; offset < content.Length && failure.IsOk; offset += partSize)
            {
                int size = (int)Math.Min(partSize, content.Length - offset);
                while (bytesInFlight + size > InFlightSizeInBytesMax && failure.IsOk)
                {
                    await TakeAnswerAsync().ConfigureAwait(false);
                }
                if (failure.IsOk)
                {
                    await line.SendAsync(size, cancellationToken).ConfigureAwait(false);
                    SftpEncoder fields = new SftpEncoder().Bytes(handle).UInt64((ulong)offset);
                    SftpRequest request = new(default);
                    inFlight.Enqueue((request, size));
                    bytesInFlight += size;
                    await calls.Connection.SendAsync(
                        SftpPacketType.Write, fields, content.Slice(offset, size), request, cancellationToken).ConfigureAwait(false);
                }
            }
            if (calls.Extensions.HasSync && failure.IsOk)
            {
                inFlight.Enqueue((await calls.BeginSyncAsync(handle, cancellationToken).ConfigureAwait(false), 0));
            }
            isClosing = true;
            inFlight.Enqueue((await calls.BeginCloseAsync(handle, cancellationToken).ConfigureAwait(false), 0));
            while (inFlight.Count > 0)
            {
                await TakeAnswerAsync().ConfigureAwait(false);
            }
            return failure;
        }
        finally
        {
            foreach ((SftpRequest request, _) in inFlight)
            {
                request.Abandon();
            }
            if (!isClosing)
            {
                calls.CloseLater(handle);
            }
        }

        async Task TakeAnswerAsync()
        {
            (SftpRequest request, int size) = inFlight.Dequeue();
            SftpReply reply = await request.WaitAsync(cancellationToken).ConfigureAwait(false);
            bytesInFlight -= size;
            SftpStatus status = reply.Status();
            failure = failure.IsOk ? status : failure;
        }
    }

    /// <summary>Reads a part of a file. Ends early only where the file does.</summary>
    /// <returns>How many bytes there were, and the failure that ended it, or "OK".</returns>
    public async Task<(int Size, SftpStatus Status)> ReadAsync(
        byte[] handle, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        int partSize = Math.Min(calls.Extensions.ReadSizeInBytesMax, PartSizeInBytes);
        Queue<(SftpRequest Request, int Start, int Size)> inFlight = [];
        int asked = 0;
        int bytesInFlight = 0;
        try
        {
            while (asked < destination.Length || inFlight.Count > 0)
            {
                int next = Math.Min(partSize, destination.Length - asked);
                if (next > 0 && bytesInFlight + next <= InFlightSizeInBytesMax)
                {
                    await AskAsync(asked, next).ConfigureAwait(false);
                    asked += next;
                    continue;
                }
                (SftpRequest request, int start, int size) = inFlight.Dequeue();
                SftpReply reply = await request.WaitAsync(cancellationToken).ConfigureAwait(false);
                bytesInFlight -= size;
                if (reply.FailureUnless(SftpPacketType.Data) is { } status)
                {
                    return (start, status);
                }

                // A server may bring less than was asked for. The rest of it comes before anything else is looked at.
                for (int got = reply.DataSizeInBytes; got < size; got += reply.DataSizeInBytes)
                {
                    SftpRequest rest = new(destination.Slice(start + got, size - got));
                    try
                    {
                        await SendReadAsync(start + got, size - got, rest).ConfigureAwait(false);
                        reply = await rest.WaitAsync(cancellationToken).ConfigureAwait(false);
                    }
                    finally
                    {
                        rest.Abandon();
                    }
                    if (reply.FailureUnless(SftpPacketType.Data) is { } ended)
                    {
                        return (start + got, ended);
                    }
                }
            }
            return (destination.Length, default);
        }
        finally
        {
            foreach ((SftpRequest request, _, _) in inFlight)
            {
                // Else an answer that comes later would write into memory that is not ours any more.
                request.Abandon();
            }
        }

        async Task AskAsync(int start, int size)
        {
            await line.ReceiveAsync(size, cancellationToken).ConfigureAwait(false);
            SftpRequest request = new(destination.Slice(start, size));
            inFlight.Enqueue((request, start, size));
            bytesInFlight += size;
            await SendReadAsync(start, size, request).ConfigureAwait(false);
        }

        Task SendReadAsync(int start, int size, SftpRequest request)
            => calls.Connection.SendAsync(
                SftpPacketType.Read,
                new SftpEncoder().Bytes(handle).UInt64((ulong)(offset + start)).UInt32((uint)size),
                null, request, cancellationToken);
    }
}
