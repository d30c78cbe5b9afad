namespace Ebla.FileSystems;

/// <summary>Content that is read once, from its start to its end: runs of bytes, with holes between them where there are any.</summary>
/// <remarks>
/// The length need not be known before the end. Used as: <see cref="NextExtent"/>, <see cref="ReadAsync"/> until it gives 0, and so on
/// until <see cref="NextExtent"/> gives null.
/// </remarks>
internal interface IContentSource
{
    /// <summary>Goes to the next run of bytes; the one before must have been read to its end.</summary>
    /// <returns>The length of the hole before it, mostly 0; null if nothing follows. A hole at the very end comes before an empty run.</returns>
    /// <exception cref="FileSystemException">A file cannot be read on.</exception>
    long? NextExtent();

    /// <summary>Reads the next bytes of the run: at most the buffer, at least one, or 0 at its end.</summary>
    /// <exception cref="FileSystemException">A file cannot be read on.</exception>
    ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken);
}
