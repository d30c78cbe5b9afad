using Ebla.Operations.Restores.Planning;
using Ebla.Primitives;

namespace Ebla.Operations.Restores.Fetching;

/// <summary>A range of a pack that is being read, or has been. One owner, who waits for the reading before disposing.</summary>
/// <param name="fetch">What is read.</param>
/// <param name="buffer">Where to; owned.</param>
/// <param name="reading">The reading: whether the pack is there, or what went wrong.</param>
/// <param name="onDisposed">Called once with the end of this.</param>
internal sealed class FetchedRange(FrameFetch fetch, RentedBuffer buffer, Task<bool> reading, Action onDisposed) : IDisposable
{
    public FrameFetch Fetch => fetch;

    public Task<bool> Reading => reading;

    public ReadOnlySpan<byte> Span => buffer.Span;

    public void Dispose()
    {
        buffer.Dispose();
        onDisposed();
    }
}
