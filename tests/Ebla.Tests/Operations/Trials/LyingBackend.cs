using System.Buffers;
using System.Runtime.CompilerServices;
using Ebla.Backends;
using Ebla.Primitives;

namespace Ebla.Tests.Operations.Trials;

/// <summary>Breaks one promise of a back-end, and keeps the others.</summary>
/// <param name="inner">The back-end that keeps them all.</param>
/// <param name="lie">Which it breaks.</param>
/// <param name="lies">What all users of the place share.</param>
internal sealed class LyingBackend(IBackend inner, Lie lie, Lies lies) : IBackend
{
    private static readonly TimeSpan Slowness = TimeSpan.FromMilliseconds(20);

    public BackendCapabilities Capabilities => inner.Capabilities with
    {
        CanReadRanges = lie != Lie.RangesCostTheWholeObject,
        CanCreateHeaderOnce = lie != Lie.HeaderRaceIsAdmitted,
        IsDurableOnceFlushed = lie != Lie.NoDurabilityIsAdmitted,
    };

    public string Location => $"{inner.Location} ({lie})";

    public async ValueTask<byte[]?> ReadHeaderAsync(CancellationToken cancellationToken = default)
        => lie == Lie.NobodyIsLetIn ? throw new AccessDeniedException("wrong password")
            : lies.Header ?? await inner.ReadHeaderAsync(cancellationToken);

    public async ValueTask CreateHeaderAsync(ReadOnlyMemory<byte> header, CancellationToken cancellationToken = default)
    {
        if (lie == Lie.HeaderIsOverwritten)
        {
            lies.Header = header.ToArray();
            return;
        }
        if (lie is Lie.HeaderRaceHasSeveralWinners or Lie.HeaderRaceIsAdmitted)
        {
            // Looks, then writes: as a store does that ignores conditions.
            if (await ReadHeaderAsync(cancellationToken) is not null)
            {
                throw new RepositoryExistsException("there is one");
            }
            await Task.Delay(Slowness, cancellationToken);
            lies.Header = header.ToArray();
            return;
        }
        await inner.CreateHeaderAsync(header, cancellationToken);
    }

    public async ValueTask PutAsync(ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default)
    {
        switch (lie)
        {
            case Lie.PutsVanish when lies.Next() % 5 == 4:
                return;
            case Lie.PutsAreTorn:
                await PutTornAsync(name, content, cancellationToken);
                return;
            case Lie.PutsShowEarly:
                await inner.PutAsync(name, content.Slice(0, content.Length / 2), cancellationToken);
                await inner.FlushAsync(cancellationToken);
                await Task.Delay(Slowness, CancellationToken.None);
                break;
            case Lie.PutsAreSlow:
                await Task.Delay(Slowness, cancellationToken);
                break;
            case Lie.OtherSizesAreKept when await inner.GetSizeAsync(name, cancellationToken) is not null:
                return;
            case Lie.EmptyObjectsVanish when content.Length == 0:
                return;
            case Lie.LargeObjectsAreCut when content.Length > 16 << 20:
                await inner.PutAsync(name, content.Slice(0, 16 << 20), cancellationToken);
                return;
            case Lie.BytesAreSwappedInACrowd:
                await PutInACrowdAsync(name, content, cancellationToken);
                return;
            case Lie.FirstCallsFail when lies.Next() % 40 == 39:
                throw new BackendException("the line broke", isTransient: true);
            case Lie.EqualPutsCollide:
                await PutInARaceAsync(name, content, cancellationToken);
                return;
            case Lie.EqualPutsFail when lies.IsOld(name):
                throw new BackendException("500", isTransient: true);
        }
        await inner.PutAsync(name, content, cancellationToken);
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

    public async ValueTask<bool> GetAsync(
        ObjectName name, long offset, Memory<byte> destination, Hash256? expected, CancellationToken cancellationToken = default)
    {
        if (lie == Lie.RangesAreOffByOne && offset > 0
            && await inner.GetSizeAsync(name, cancellationToken) is { } size && offset + destination.Length < size)
        {
            offset++;
        }
        if (lie == Lie.RangesEndSilently && await inner.GetSizeAsync(name, cancellationToken) is { } end && offset + destination.Length > end)
        {
            return true;
        }
        return (lie == Lie.MissingObjectsAreEmpty && await inner.GetSizeAsync(name, cancellationToken) is null)
            || await inner.GetAsync(name, offset, destination, expected, cancellationToken);
    }

    public async ValueTask<long?> GetSizeAsync(ObjectName name, CancellationToken cancellationToken = default)
        => await inner.GetSizeAsync(name, cancellationToken) ?? (lie == Lie.MissingObjectsAreEmpty ? 0 : null);

    public async IAsyncEnumerable<ObjectInfo> ListAsync(
        ObjectKind kind, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<ObjectInfo> found = [];
        await foreach (ObjectInfo info in inner.ListAsync(kind, cancellationToken))
        {
            found.Add(info);
        }
        IEnumerable<ObjectInfo> shown = lie switch
        {
            Lie.ListsForgetTheNewest => found.Where(info => lies.IsOld(info.Name)),
            Lie.ListsEndAtAHundred => found.Take(100),
            Lie.ListsRepeat => found.Concat(found.Take(1)),
            _ => found,
        };
        foreach (ObjectInfo info in shown.ToArray())
        {
            yield return info;
        }
    }

    public async ValueTask DeleteAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        if (lie == Lie.DeletionsAreRefused)
        {
            throw new BackendException("append-only", isTransient: false);
        }
        if (lie != Lie.DeletionsDoNothing)
        {
            await inner.DeleteAsync(name, cancellationToken);
        }
    }

    public ValueTask<string?> RemovePlaceAsync(CancellationToken cancellationToken = default)
    {
        lies.Header = null;
        return inner.RemovePlaceAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    // A server that keeps what it got when the line breaks.
    private async Task PutTornAsync(ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(Slowness, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await inner.PutAsync(name, content.Slice(0, content.Length / 2), CancellationToken.None);
            await inner.FlushAsync(CancellationToken.None);
            throw;
        }
        await inner.PutAsync(name, content, cancellationToken);
    }

    // As Ceph's gateway does: of those who put the same at once, some are told to come again.
    private async Task PutInARaceAsync(ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken)
    {
        if (!lies.Enter(name))
        {
            throw new BackendException("500 UnknownError", isTransient: true);
        }
        await Task.Delay(Slowness, CancellationToken.None);
        await inner.PutAsync(name, content, cancellationToken);
        lies.Leave(name);
    }

    private async Task PutInACrowdAsync(ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken)
    {
        int others = lies.Enter();
        await Task.Delay(TimeSpan.FromMilliseconds(1), cancellationToken);
        byte[] bytes = content.ToArray();
        if (others > 8)
        {
            bytes[^1] ^= 1;
        }
        await inner.PutAsync(name, new ReadOnlySequence<byte>(bytes), cancellationToken);
        lies.Leave();
    }
}
