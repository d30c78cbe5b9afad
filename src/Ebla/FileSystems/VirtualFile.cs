namespace Ebla.FileSystems;

/// <summary>Reads files of <see cref="VirtualFileSystems"/>: of any length, whatever their size says, and never waiting long.</summary>
internal static class VirtualFile
{
    /// <summary>
    /// Longest content: 4 MiB. Real ones are shorter, but for a few like /proc/kallsyms; those that are longer are views of memory, like
    /// /proc/kcore of 128 TiB and /proc/PID/pagemap.
    /// </summary>
    public const int SizeInBytesMax = 4 << 20;

    // Many seconds for a page of text, even on a busy machine.
    private static readonly TimeSpan ReadTimeMax = TimeSpan.FromSeconds(5);

    private const int ReadSizeInBytes = 64 << 10;

    /// <summary>All that the file gives.</summary>
    /// <exception cref="FileSystemException">It cannot be read, is too long, or its content does not come.</exception>
    public static Task<MemoryStream> ReadAsync(SourceFile file, CancellationToken cancellationToken)
        => ReadAsync(file.Read, () => file.Path, ReadTimeMax, cancellationToken);

    /// <summary>The same with any reading function and limit.</summary>
    internal static async Task<MemoryStream> ReadAsync(
        ReadFunction read, Func<Primitives.ByteName> path, TimeSpan timeMax, CancellationToken cancellationToken)
    {
        // Opened without waiting, most files that have nothing to give say so (EAGAIN). Some drivers wait nevertheless: then this task
        // is left behind, and ends with the process.
        Task<MemoryStream> reading = Task.Run(() => ReadAll(read, path), CancellationToken.None);
        try
        {
            return await reading.WaitAsync(timeMax, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw FileSystemException.Refused("read", path(), $"nothing came for {timeMax.TotalSeconds} seconds");
        }
    }

    private static MemoryStream ReadAll(ReadFunction read, Func<Primitives.ByteName> path)
    {
        MemoryStream content = new();
        byte[] buffer = new byte[ReadSizeInBytes];
        for (int size; (size = read(buffer)) > 0;)
        {
            if (content.Length + size > SizeInBytesMax)
            {
                throw FileSystemException.Refused(
                    "read", path(), $"the kernel makes its content when it is read, and gives more than {SizeInBytesMax >> 20} MiB");
            }
            content.Write(buffer, 0, size);
        }
        content.Position = 0;
        return content;
    }

    /// <summary>Reads the next bytes into a buffer; 0 at the end.</summary>
    internal delegate int ReadFunction(Span<byte> buffer);
}
