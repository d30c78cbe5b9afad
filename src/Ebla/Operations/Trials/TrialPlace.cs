using System.Buffers;
using System.Collections.Concurrent;
using Ebla.Backends;
using Ebla.Primitives;

namespace Ebla.Operations.Trials;

/// <summary>A scratch place on the store that is tried. Remembers what was put there, and removes it.</summary>
internal sealed class TrialPlace(Func<IBackend> open) : IAsyncDisposable
{
    private const int DeletionsAtOnce = 8;

    private readonly ConcurrentDictionary<ObjectName, bool> _put = new();
    private readonly List<IBackend> _open = [];
    private IBackend? _writer;
    private IBackend? _reader;

    /// <summary>Who puts.</summary>
    public IBackend Writer => _writer ??= Open();

    /// <summary>Somebody else at the same place, as another process would be.</summary>
    public IBackend Reader => _reader ??= Open();

    /// <summary>One more user of the place.</summary>
    public IBackend Open()
    {
        IBackend backend = open();
        _open.Add(backend);
        return backend;
    }

    /// <summary>Puts an object that will be removed in the end.</summary>
    public ValueTask PutAsync(TrialObject item, CancellationToken cancellationToken)
        => PutAsync(Writer, item.Name, item.Bytes, cancellationToken);

    /// <summary>The same through a certain user, with bytes of the caller's choice.</summary>
    public ValueTask PutAsync(
        IBackend backend, ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken)
    {
        _put[name] = true;
        return backend.PutAsync(name, content, cancellationToken);
    }

    /// <summary>Puts objects, so many at once, and flushes.</summary>
    public async Task PutAllAsync(IEnumerable<TrialObject> items, int requestsInFlight, CancellationToken cancellationToken)
    {
        await Parallel.ForEachAsync(
            items, Options(requestsInFlight, cancellationToken), PutAsync).ConfigureAwait(false);
        await Writer.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>All bytes under a name as a certain user gets them; null if there are none.</summary>
    public static ValueTask<byte[]?> GetAsync(IBackend backend, TrialObject item, CancellationToken cancellationToken)
        => backend.GetWholeAsync(item.Name, Math.Max(item.Content.Length, 1) * 2L, null, cancellationToken);

    /// <summary>What a user sees in a listing.</summary>
    public static async Task<List<ObjectInfo>> ListAsync(IBackend backend, ObjectKind kind, CancellationToken cancellationToken)
    {
        List<ObjectInfo> found = [];
        await foreach (ObjectInfo info in backend.ListAsync(kind, cancellationToken).ConfigureAwait(false))
        {
            found.Add(info);
        }
        return found;
    }

    /// <summary>Closes what is open: after a failure a back-end may be good for nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        (_writer, _reader) = (null, null);
        foreach (IBackend backend in _open)
        {
            await backend.DisposeAsync().ConfigureAwait(false);
        }
        _open.Clear();
    }

    /// <summary>Removes what was put here, and the place.</summary>
    /// <returns>What could not be removed.</returns>
    public async Task<IReadOnlyList<string>> RemoveAsync(CancellationToken cancellationToken)
    {
        await DisposeAsync().ConfigureAwait(false);
        IBackend backend = open();
        await using (backend.ConfigureAwait(false))
        {
            try
            {
                return await RemoveAsync(backend, cancellationToken).ConfigureAwait(false);
            }
            catch (EblaException exception)
            {
                return [$"{backend.Location}: {exception.Message}"];
            }
            catch (OperationCanceledException)
            {
                return [$"{backend.Location}: removing it took too long"];
            }
        }
    }

    private async Task<IReadOnlyList<string>> RemoveAsync(IBackend backend, CancellationToken cancellationToken)
    {
        // Of what a listing shows, and of what it may have forgotten.
        HashSet<ObjectName> names = [.. _put.Keys];
        foreach (ObjectKind kind in RepositoryLayout.Kinds)
        {
            names.UnionWith((await ListAsync(backend, kind, cancellationToken).ConfigureAwait(false)).Select(info => info.Name));
        }
        ConcurrentDictionary<ObjectName, string> refused = new();
        await Parallel.ForEachAsync(names, Options(DeletionsAtOnce, cancellationToken), async (name, cancellation) =>
        {
            try
            {
                await backend.DeleteAsync(name, cancellation).ConfigureAwait(false);
            }
            catch (EblaException exception)
            {
                refused[name] = exception.Message;
            }
        }).ConfigureAwait(false);
        await backend.FlushAsync(cancellationToken).ConfigureAwait(false);
        List<string> left = [];
        int remaining = 0;
        foreach (ObjectKind kind in RepositoryLayout.Kinds)
        {
            remaining += (await ListAsync(backend, kind, cancellationToken).ConfigureAwait(false)).Count;
        }
        if (remaining > 0)
        {
            string reason = refused.IsEmpty ? "" : $": {refused.Values.First()}";
            left.Add($"{backend.Location}: {remaining} objects could not be deleted{reason}");
        }
        try
        {
            if (await backend.RemovePlaceAsync(cancellationToken).ConfigureAwait(false) is { } rest)
            {
                left.Add($"{backend.Location}: {rest}");
            }
        }
        catch (EblaException exception)
        {
            left.Add(exception.Message);
        }
        return left;
    }

    private static ParallelOptions Options(int requestsInFlight, CancellationToken cancellationToken)
        => new() { MaxDegreeOfParallelism = requestsInFlight, CancellationToken = cancellationToken };
}
