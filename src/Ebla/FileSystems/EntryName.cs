namespace Ebla.FileSystems;

/// <summary>The rule for what may be passed to the kernel as the name of one directory entry.</summary>
internal static class EntryName
{
    /// <summary>Most bytes in a name that we create: NAME_MAX of every native Linux file system.</summary>
    /// <remarks>Names that are read may be longer: vfat and ntfs allow 255 UTF-16 units.</remarks>
    public const int SizeInBytesMax = 255;

    /// <summary>Whether the name stands for an entry of the directory itself: it cannot lead elsewhere.</summary>
    public static bool StaysInside(ReadOnlySpan<byte> name)
        => !name.IsEmpty && !name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8) && name.IndexOfAny((byte)'/', (byte)0) < 0;
}
