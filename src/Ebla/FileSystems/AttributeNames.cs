using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>The names of the extended attributes of one entry.</summary>
internal static class AttributeNames
{
    // Holds the names that files ordinarily have: none, an access control list, a label.
    private const int UsualListSizeInBytes = 1 << 10;

    /// <summary>Reads the names: sorted, each once. None if the file system has no such thing.</summary>
    /// <param name="entry">Whose.</param>
    /// <param name="error">0, or the error number, negative.</param>
    public static List<ByteName> Of<TEntry>(TEntry entry, out int error)
        where TEntry : IMetadataTarget, allows ref struct
    {
        Span<byte> usual = stackalloc byte[UsualListSizeInBytes];
        int length = entry.ListAttributes(usual);
        if (length == -Posix.ERANGE)
        {
            // The kernel gives no longer lists than this, whatever the file system holds.
            using RentedBuffer longest = new(Posix.AttributeListSizeInBytesMax);
            length = entry.ListAttributes(longest.Span);
            error = length < 0 ? length : 0;
            return length <= 0 ? [] : Split(longest.Span[..length]);
        }
        error = length is < 0 and not -Posix.EOPNOTSUPP ? length : 0;
        return length <= 0 ? [] : Split(usual[..length]);
    }

    private static List<ByteName> Split(ReadOnlySpan<byte> list)
    {
        List<ByteName> names = [];
        while (!list.IsEmpty)
        {
            int end = list.IndexOf((byte)0);
            ReadOnlySpan<byte> name = end < 0 ? list : list[..end];
            list = end < 0 ? [] : list[(end + 1)..];
            if (name.Length is > 0 and <= Posix.AttributeNameSizeInBytesMax)
            {
                names.Add(new ByteName(name));
            }
        }
        // Most have one; and what a file system of somebody's own making answers may hold one twice.
        if (names.Count > 1)
        {
            names.Sort();
            names = [.. names.Distinct()];
        }
        return names;
    }
}
