using System.Buffers;
using System.Runtime.CompilerServices;
using Ebla.Backends;
using Ebla.Primitives;

namespace Ebla.Tests.Backends;

/// <summary>Passes everything on, but fails as planned. Deterministic as long as the calls come in the same order.</summary>
/// <remarks>
/// For loops in the manner of SQLite: fail at operation 1, 2, 3 ... until <see cref="HasFailed"/> stays false and the work succeeds.
/// </remarks>
/// <param name="plan">What goes wrong at an operation, counted from 1; null for nothing.</param>
/// <param name="inner">What it passes on to.</param>
/// <param name="faultyOperations">The operations that count.</param>
internal sealed class FaultyBackend(
    Func<long, FaultKind?> plan, IBackend inner, BackendOperation faultyOperations = BackendOperation.All) : IBackend
{
    public FaultyBackend(IBackend inner, Fault? fault = null, BackendOperation faultyOperations = BackendOperation.All)
        : this(number => fault?.KindAt(number), inner, faultyOperations)
    {
    }

    /// <summary>One that fails one of so many operations, by chance, half of them after they took effect.</summary>
    public static FaultyBackend Dropping(
        IBackend inner, int seed, int oneOf, BackendOperation faultyOperations = BackendOperation.All)
        => new(
            number =>
            {
                ulong chance = Mix(((ulong)seed << 32) + (ulong)number);
                return chance % (ulong)oneOf != 0 ? null : chance >> 63 == 0 ? FaultKind.ErrorBefore : FaultKind.ErrorAfter;
            },
            inner,
            faultyOperations);

    private long _operationCount;
    private volatile bool _hasFailed;
    private volatile bool _hasCrashed;

    public BackendCapabilities Capabilities => inner.Capabilities;

    public string Location => inner.Location;

    /// <summary>The operations so far that could have failed.</summary>
    public long OperationCount => Interlocked.Read(ref _operationCount);

    /// <summary>Whether the fault has struck.</summary>
    public bool HasFailed => _hasFailed;

    /// <summary>The object whose reading was spoiled; null if none was yet.</summary>
    public ObjectName? Spoiled { get; private set; }

    public async ValueTask<byte[]?> ReadHeaderAsync(CancellationToken cancellationToken = default)
    {
        FaultKind? kind = Next(BackendOperation.ReadHeader, canMiss: true, canSpoil: true);
        byte[]? header = await inner.ReadHeaderAsync(cancellationToken);
        ThrowAfter(kind);
        if (header is { Length: > 0 } && kind == FaultKind.FlippedBit)
        {
            Flip(header);
        }
        return kind switch
        {
            FaultKind.Missing => null,
            FaultKind.Truncated => header?[..(header.Length / 2)],
            _ => header,
        };
    }

    public async ValueTask CreateHeaderAsync(ReadOnlyMemory<byte> header, CancellationToken cancellationToken = default)
    {
        FaultKind? kind = Next(BackendOperation.CreateHeader);
        await inner.CreateHeaderAsync(header, cancellationToken);
        ThrowAfter(kind);
    }

    public async ValueTask PutAsync(
        ObjectName name, ReadOnlySequence<byte> content, CancellationToken cancellationToken = default)
    {
        FaultKind? kind = Next(BackendOperation.Put);
        await inner.PutAsync(name, content, cancellationToken);
        ThrowAfter(kind);
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        FaultKind? kind = Next(BackendOperation.Flush);
        await inner.FlushAsync(cancellationToken);
        ThrowAfter(kind);
    }

    public async ValueTask<bool> GetAsync(
        ObjectName name, long offset, Memory<byte> destination, Hash256? expected,
        CancellationToken cancellationToken = default)
    {
        FaultKind? kind = Next(BackendOperation.Get, canMiss: true, canSpoil: true);
        bool isFound = await inner.GetAsync(name, offset, destination, expected, cancellationToken);
        ThrowAfter(kind);
        switch (kind)
        {
            case FaultKind.Missing:
                return false;
            case FaultKind.Truncated when isFound && destination.Length > 0:
                destination.Span[(destination.Length / 2)..].Clear();
                throw new CorruptDataException($"{name}: ends before the range does.");
            case FaultKind.FlippedBit when isFound && destination.Length > 0:
                Flip(destination.Span);
                Spoiled = name;
                return true;
            default:
                return isFound;
        }
    }

    public async ValueTask<long?> GetSizeAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        FaultKind? kind = Next(BackendOperation.GetSize, canMiss: true, canSpoil: true);
        long? size = await inner.GetSizeAsync(name, cancellationToken);
        ThrowAfter(kind);
        return kind switch
        {
            FaultKind.Missing => null,
            FaultKind.FlippedBit => size ^ 1,
            FaultKind.Truncated => size / 2,
            _ => size,
        };
    }

    public async IAsyncEnumerable<ObjectInfo> ListAsync(
        ObjectKind kind, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        FaultKind? fault = Next(BackendOperation.List, canSpoil: true);
        List<ObjectInfo> all = [];
        await foreach (ObjectInfo info in inner.ListAsync(kind, cancellationToken))
        {
            all.Add(info);
        }
        ThrowAfter(fault);
        for (int i = 0; i < all.Count; i++)
        {
            if (fault == FaultKind.Truncated && i >= all.Count / 2)
            {
                throw Error("broke off");
            }
            yield return fault == FaultKind.FlippedBit && i == 0 ? all[i] with { SizeInBytes = all[i].SizeInBytes ^ 1 } : all[i];
        }
    }

    public async ValueTask DeleteAsync(ObjectName name, CancellationToken cancellationToken = default)
    {
        FaultKind? kind = Next(BackendOperation.Delete);
        await inner.DeleteAsync(name, cancellationToken);
        ThrowAfter(kind);
    }

    public ValueTask<long?> GetFreeSpaceInBytesAsync(CancellationToken cancellationToken = default)
        => inner.GetFreeSpaceInBytesAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    // The finisher of splitmix64 (Steele, Lea, Flood 2014): generators with neighbouring seeds begin alike.
    private static ulong Mix(ulong value)
    {
        unchecked
        {
            value += 0x9e3779b97f4a7c15;
            value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
            value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
            return value ^ (value >> 31);
        }
    }

    private static void Flip(Span<byte> bytes) => bytes[bytes.Length / 2] ^= 1;

    private static BackendException Error(string what) => new($"A planned fault: {what}.", isTransient: true);

    private FaultKind? Next(BackendOperation operation, bool canMiss = false, bool canSpoil = false)
    {
        if (_hasCrashed)
        {
            throw new SimulatedCrashException(OperationCount);
        }
        if ((faultyOperations & operation) == 0)
        {
            return null;
        }
        long number = Interlocked.Increment(ref _operationCount);
        if (plan(number) is not { } planned)
        {
            return null;
        }
        _hasFailed = true;
        FaultKind kind = planned switch
        {
            FaultKind.Missing when !canMiss => FaultKind.ErrorBefore,
            FaultKind.FlippedBit or FaultKind.Truncated when !canSpoil => FaultKind.ErrorBefore,
            _ => planned,
        };
        if (kind == FaultKind.CrashBefore)
        {
            _hasCrashed = true;
            throw new SimulatedCrashException(number);
        }
        return kind == FaultKind.ErrorBefore ? throw Error("before the effect") : kind;
    }

    private void ThrowAfter(FaultKind? kind)
    {
        if (kind == FaultKind.CrashAfter)
        {
            _hasCrashed = true;
            throw new SimulatedCrashException(OperationCount);
        }
        if (kind == FaultKind.ErrorAfter)
        {
            throw Error("after the effect");
        }
    }
}
