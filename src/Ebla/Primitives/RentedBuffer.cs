using System.Buffers;

namespace Ebla.Primitives;

/// <summary>A pooled array of exactly the length asked for. One owner; <see cref="Dispose"/> gives it back, once.</summary>
/// <remarks>Contents are not cleared. Not for secrets.</remarks>
internal sealed class RentedBuffer(int length) : IMemoryOwner<byte>
{
    private byte[]? _array = ArrayPool<byte>.Shared.Rent(length);

    public int Length => length;

    public Memory<byte> Memory => Array.AsMemory(0, length);

    public Span<byte> Span => Array.AsSpan(0, length);

    private byte[] Array => _array ?? throw new ObjectDisposedException(nameof(RentedBuffer));

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _array, null) is { } array)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
