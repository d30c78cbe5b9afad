using System.Buffers;
using System.Runtime.CompilerServices;
using Ebla.Primitives;

namespace Ebla.Backends.Decorators;

/// <summary>Makes calls again that failed for a passing reason, until they succeed or the time for it is over.</summary>
/// <remarks>
/// All calls can be repeated: objects are immutable and named by hashes, so doing something twice comes to the same. The header is not
/// named so; after an unclear answer it is read back. Nothing that arrived is sent a second time.
/// </remarks>
internal sealed class RetryingBackend(IBackend inner, Retries retries) : IBackend
{
    public BackendCapabilities Capabilities => inner.Capabilities;

    public string Location => inner.Location;

    public ValueTask<byte[]?> ReadHeaderAsync(CancellationToken cancellationToken = default)
        => retries.RunAsync(_ => inner.ReadHeaderAsync(cancellationToken), cancellationToken);

    public async ValueTask CreateHeaderAsync(ReadOnlyMemory<byte> header, CancellationToken cancellationToken = default)
        => await retries.RunAsync(
            async isRepeated =>
            {
                byte[]? present = isRepeated ? await inner.ReadHeaderAsync(cancellationToken).ConfigureAwait(false) : null;
                if (present is null)
                {
                    await inner.CreateHeaderAsync(header, cancellationToken).ConfigureAwait(false);
                }
                else if (!header.Span.SequenceEqual(present))
                {
                    // A header holds a random id: one that differs is somebody else's.
                    throw new RepositoryExistsException($"There is a repository at {Location} already.");
                }
                return true;
            },
            cancellationToken).ConfigureAwait(false);

    public async ValueTask PutAsync(
        ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default)
    {
        bool isPutting = false;
        _ = await retries.RunAsync(
            async isRepeated =>
            {
                isPutting = false;
                if (!isRepeated || await inner.GetSizeAsync(name, cancellationToken).ConfigureAwait(false) != content.Length)
                {
                    isPutting = true;
                    await inner.PutAsync(name, content, cancellationToken).ConfigureAwait(false);
                }
                return true;
            },
            () => isPutting,
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken = default)
        => await retries.RunAsync(
            async _ =>
            {
                await inner.FlushAsync(cancellationToken).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);

    public ValueTask<bool> GetAsync(
        ObjectName name, long offset, Memory<byte> destination, Hash256? expected,
        CancellationToken cancellationToken = default)
        => retries.RunAsync(_ => inner.GetAsync(name, offset, destination, expected, cancellationToken), cancellationToken);

    public ValueTask<byte[]?> GetWholeAsync(
        ObjectName name, long sizeInBytesMax, Hash256? expected, CancellationToken cancellationToken = default)
        => retries.RunAsync(_ => inner.GetWholeAsync(name, sizeInBytesMax, expected, cancellationToken), cancellationToken);

    public ValueTask<long?> GetSizeAsync(ObjectName name, CancellationToken cancellationToken = default)
        => retries.RunAsync(_ => inner.GetSizeAsync(name, cancellationToken), cancellationToken);

    /// <remarks>
    /// Read to its end before the first line is shown: one that breaks off begins anew, and must not show a line twice. 48 bytes a line.
    /// </remarks>
    public async IAsyncEnumerable<ObjectInfo> ListAsync(
        ObjectKind kind, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<ObjectInfo> lines = await retries.RunAsync(_ => ReadListAsync(kind, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
        foreach (ObjectInfo line in lines)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return line;
        }
    }

    public async ValueTask DeleteAsync(ObjectName name, CancellationToken cancellationToken = default)
        => await retries.RunAsync(
            async _ =>
            {
                await inner.DeleteAsync(name, cancellationToken).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);

    public ValueTask<long?> GetFreeSpaceInBytesAsync(CancellationToken cancellationToken = default)
        => retries.RunAsync(_ => inner.GetFreeSpaceInBytesAsync(cancellationToken), cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async ValueTask<List<ObjectInfo>> ReadListAsync(ObjectKind kind, CancellationToken cancellationToken)
    {
        List<ObjectInfo> lines = [];
        await foreach (ObjectInfo line in inner.ListAsync(kind, cancellationToken).ConfigureAwait(false))
        {
            lines.Add(line);
        }
        return lines;
    }
}
