using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>Opens directories by the paths that the user names: the only ones in which links are followed.</summary>
internal static class RootPath
{
    /// <summary>Opens a path of any length: one longer than the system takes goes in steps.</summary>
    /// <returns>The descriptor, or the negative error number.</returns>
    public static int Open(ByteName path, int flags)
    {
        ReadOnlySpan<byte> rest = path.Span;
        Place place = Place.Start;
        try
        {
            while (rest.Length >= Posix.PathSizeInBytesMax)
            {
                int end = rest[..(Posix.PathSizeInBytesMax - 1)].LastIndexOf((byte)'/');
                if (end <= 0)
                {
                    return -Posix.ENAMETOOLONG;
                }
                int result = place.Step(rest[..end], out place);
                if (result < 0)
                {
                    return result;
                }
                rest = rest[end..].TrimStart((byte)'/');
            }
            return Posix.OpenAt(place.Directory, rest.IsEmpty && !path.IsEmpty ? "."u8 : rest, flags);
        }
        finally
        {
            place.Dispose();
        }
    }

    /// <summary>Opens a directory, after making it and its parents where they are missing (mkdir -p).</summary>
    /// <remarks>The directory itself is made with mode 0700, parents with 0777 less the umask.</remarks>
    /// <returns>The descriptor, or the negative error number.</returns>
    public static int OpenOrCreate(ByteName path, int flags)
    {
        int descriptor = Open(path, flags);
        if (descriptor != -Posix.ENOENT || path.IsEmpty)
        {
            return descriptor;
        }
        ReadOnlySpan<byte> rest = path.Span;
        Place place = Place.Start;
        try
        {
            if (rest[0] == (byte)'/')
            {
                int result = place.Step("/"u8, out place);
                if (result < 0)
                {
                    return result;
                }
            }
            while (!(rest = rest.Trim((byte)'/')).IsEmpty)
            {
                int slash = rest.IndexOf((byte)'/');
                ReadOnlySpan<byte> name = slash < 0 ? rest : rest[..slash];
                rest = slash < 0 ? default : rest[slash..];
                int result = Posix.MakeDirectoryAt(place.Directory, name, rest.IsEmpty ? 0x1C0u : 0x1FFu);
                // Whatever mkdir says of a directory that is there (EEXIST, or EROFS, EACCES above): the step tells.
                int step = place.Step(name, out place);
                if (step < 0)
                {
                    return step == -Posix.ENOENT && result < 0 ? result : step;
                }
            }
            return Posix.OpenAt(place.Directory, "."u8, flags);
        }
        finally
        {
            place.Dispose();
        }
    }

    /// <summary>A directory on the way: held, but not open for reading, so search permission is enough, as in a path.</summary>
    private sealed class Place : Descriptor
    {
        private Place(int descriptor)
            : base(descriptor, null, default)
        {
        }

        public static Place Start => new(Posix.AT_FDCWD);

        public Descriptor Directory => handle == Posix.AT_FDCWD ? WorkingDirectory : this;

        /// <summary>Goes to <paramref name="path"/> and closes this place, or stays if that fails.</summary>
        public int Step(ReadOnlySpan<byte> path, out Place next)
        {
            next = this;
            int descriptor = Posix.OpenAt(Directory, path, Posix.O_PATH | Posix.O_DIRECTORY);
            if (descriptor >= 0)
            {
                next = new Place(descriptor);
                Dispose();
            }
            return descriptor;
        }

        protected override bool ReleaseHandle() => handle == Posix.AT_FDCWD || base.ReleaseHandle();
    }
}
