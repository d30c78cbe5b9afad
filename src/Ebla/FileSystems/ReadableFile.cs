using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>A regular file whose bytes can be read at any place. Safe for concurrent calls, but for <see cref="IsZero"/>.</summary>
internal abstract class ReadableFile(int descriptor, Descriptor? parent, ByteName name) : Descriptor(descriptor, parent, name)
{
    private const int ScratchSizeInBytes = 64 << 10;

    /// <summary>Reads the bytes at an offset: fewer than asked for only at the end of the file.</summary>
    /// <exception cref="FileSystemException">They cannot be read.</exception>
    public int ReadAt(long offset, Span<byte> buffer)
    {
        int total = 0;
        while (total < buffer.Length)
        {
            int result = Posix.ReadAt(this, buffer[total..], offset + total);
            if (result < 0)
            {
                throw Error("read", result);
            }
            if (result == 0)
            {
                break;
            }
            total += result;
        }
        return total;
    }

    /// <summary>Whether a range within the file holds zeros only. What the file system knows to be a hole is not read.</summary>
    /// <exception cref="FileSystemException">It cannot be read.</exception>
    public bool IsZero(long offset, long sizeInBytes)
    {
        long end = offset + sizeInBytes;
        RentedBuffer? scratch = null;
        try
        {
            while (offset < end)
            {
                long data = Posix.SeekData(this, offset);
                if (data == -Posix.ENXIO || data >= end)
                {
                    return true;
                }
                offset = data < 0 ? offset : data; // Some file systems cannot tell: all is data.
                scratch ??= new RentedBuffer(ScratchSizeInBytes);
                int length = ReadAt(offset, scratch.Span[..(int)Math.Min(ScratchSizeInBytes, end - offset)]);
                if (scratch.Span[..length].ContainsAnyExcept((byte)0))
                {
                    return false;
                }
                if (length == 0)
                {
                    return true; // Behind the end.
                }
                offset += length;
            }
            return true;
        }
        finally
        {
            scratch?.Dispose();
        }
    }
}
