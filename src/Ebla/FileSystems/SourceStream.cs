namespace Ebla.FileSystems;

/// <summary>A stream as content: all its bytes, however many come. Standard input, the output of a command.</summary>
/// <remarks>What the stream throws passes through. The stream stays open.</remarks>
internal sealed class SourceStream(Stream stream) : IContentSource
{
    private bool _isBegun;

    public long? NextExtent()
    {
        if (_isBegun)
        {
            return null;
        }
        _isBegun = true;
        return 0;
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        => stream.ReadAsync(buffer, cancellationToken);
}
