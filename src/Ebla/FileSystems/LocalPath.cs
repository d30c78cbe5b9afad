using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>Paths as raw bytes, taken apart as text: nothing here looks at the file system but for the working directory.</summary>
internal static class LocalPath
{
    private const int SizeInBytesMax = 1 << 20;

    /// <summary>The path from the root: <see cref="Normalize"/>, after the working directory is put in front of a relative one.</summary>
    /// <exception cref="FileSystemException">The working directory has been removed, or is out of reach.</exception>
    public static ByteName MakeAbsolute(ByteName path)
        => Normalize(IsAbsolute(path) ? path : WorkingDirectory().Join(path));

    /// <summary>Removes "." and repeated slashes, and each ".." with the name before it.</summary>
    /// <remarks>
    /// ".." is resolved in the text, as a shell's <c>cd</c> and most backup programs do: <c>/a/link/..</c> is <c>/a</c>, although the
    /// system would go to the parent of what the link points to. So the path of a backup is what the user sees in it, and no part of
    /// it needs to be read first. At the root ".." stays there.
    /// </remarks>
    public static ByteName Normalize(ByteName path)
    {
        if (!IsAbsolute(path))
        {
            throw new ArgumentException("The path does not start at the root", nameof(path));
        }
        byte[] normal = new byte[path.Length];
        int length = 0;
        foreach (Range range in path.Span.Split((byte)'/'))
        {
            ReadOnlySpan<byte> name = path.Span[range];
            if (name.SequenceEqual(".."u8))
            {
                length = Math.Max(0, normal.AsSpan(0, length).LastIndexOf((byte)'/'));
            }
            else if (!name.IsEmpty && !name.SequenceEqual("."u8))
            {
                normal[length++] = (byte)'/';
                name.CopyTo(normal.AsSpan(length));
                length += name.Length;
            }
        }
        return new ByteName(length == 0 ? "/"u8 : normal.AsSpan(0, length));
    }

    /// <summary>The names from the root down to the last; none for the root itself.</summary>
    /// <param name="path">A path as <see cref="Normalize"/> returns it.</param>
    public static IReadOnlyList<ByteName> Split(ByteName path)
    {
        List<ByteName> names = [];
        foreach (Range range in path.Span.Split((byte)'/'))
        {
            if (!path.Span[range].IsEmpty)
            {
                names.Add(new ByteName(path.Span[range]));
            }
        }
        return names;
    }

    private static bool IsAbsolute(ByteName path) => !path.IsEmpty && path.Span[0] == (byte)'/';

    private static ByteName WorkingDirectory()
    {
        int result = -Posix.ERANGE;
        for (int size = Posix.PathSizeInBytesMax; size <= SizeInBytesMax && result == -Posix.ERANGE; size *= 2)
        {
            using RentedBuffer buffer = new(size);
            result = Posix.GetWorkingDirectory(buffer.Span);
            if (result >= 0)
            {
                return new ByteName(buffer.Span[..result]);
            }
        }
        throw FileSystemException.FromErrno("find", ByteName.FromText("the working directory"), -result);
    }
}
