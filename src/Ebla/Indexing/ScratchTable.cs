using System.IO.MemoryMappedFiles;
using Ebla.Primitives;

namespace Ebla.Indexing;

/// <summary>
/// A table of rows of one size in a file without a name, zero at first: room for one row for each blob of a large repository, in memory that
/// the system can take back. Rows may be written by several threads, each row by one.
/// </summary>
internal sealed unsafe class ScratchTable : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private readonly int _rowSizeInBytes;
    private readonly long _rowCount;

    /// <summary>Makes one.</summary>
    /// <param name="path">The file; its name is gone when this returns.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <param name="rowSizeInBytes">How long each is.</param>
    public ScratchTable(string path, long rowCount, int rowSizeInBytes)
    {
        _rowCount = rowCount;
        _rowSizeInBytes = rowSizeInBytes;
        try
        {
            // Allocated now, since a mapping has no way to say that the disk is full. An empty file cannot be mapped.
            long size = Math.Max(1, checked(rowCount * rowSizeInBytes));
            FileStream file = new(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                PreallocationSize = size,
            });
            File.Delete(path);
            file.SetLength(size);
            _file = MemoryMappedFile.CreateFromFile(
                file, null, size, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
            _view = _file.CreateViewAccessor();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _file?.Dispose();
            throw new BackendException($"The cache file {path} cannot be made: {exception.Message}", isTransient: false, exception);
        }
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _start = start;
    }

    /// <summary>A row, to be read or written.</summary>
    public Span<byte> this[long row]
    {
        get
        {
            Invariant.Check(row >= 0 && row < _rowCount);
            return new Span<byte>(_start + row * _rowSizeInBytes, _rowSizeInBytes);
        }
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
