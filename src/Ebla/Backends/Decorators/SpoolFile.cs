using System.Buffers;
using Ebla.Primitives;
using Microsoft.Win32.SafeHandles;

namespace Ebla.Backends.Decorators;

/// <summary>Puts bytes aside in a file without a name, which is made when the first come. Safe for concurrent use.</summary>
/// <param name="newPath">Where the file is made.</param>
internal sealed class SpoolFile(Func<string> newPath) : IDisposable
{
    private readonly Lock _lock = new();
    private SafeFileHandle? _file;
    private long _sizeInBytes;

    /// <summary>Puts bytes aside.</summary>
    /// <returns>Where they begin.</returns>
    /// <exception cref="BackendException">There is no room.</exception>
    public long Append(ReadOnlySequence<byte> content)
    {
        lock (_lock)
        {
            string path = _file is null ? newPath() : "";
            try
            {
                if (_file is null)
                {
                    _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
                    File.Delete(path);
                }
                long start = _sizeInBytes;
                foreach (ReadOnlyMemory<byte> part in content)
                {
                    RandomAccess.Write(_file, part.Span, _sizeInBytes);
                    _sizeInBytes += part.Length;
                }
                return start;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new BackendException(
                    $"What a trial would store cannot be put into the cache folder: {exception.Message}", isTransient: false, exception);
            }
        }
    }

    /// <summary>Gives back what was put aside.</summary>
    public void Read(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int read = RandomAccess.Read(_file!, destination, offset);
            Invariant.Check(read > 0);
            destination = destination[read..];
            offset += read;
        }
    }

    public void Dispose() => _file?.Dispose();
}
