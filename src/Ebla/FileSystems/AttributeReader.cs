using System.Collections.Concurrent;
using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>Reads extended attributes and flags. Follows no link and opens no FIFO or device. Safe for concurrent use.</summary>
/// <remarks>Two system calls for an entry that has none: one lists attributes, one gets the flags of a file or directory.</remarks>
internal sealed class AttributeReader
{
    // File systems that know no flags are not asked again; they may know them of files and not of directories.
    private readonly ConcurrentDictionary<(ulong Device, FileType Type), bool> _withoutFlags = [];
    private volatile bool _someAreWithoutFlags;

    /// <summary>Reads those of a file that is open.</summary>
    public EntryAttributes Read(SourceFile file, in FileMetadata metadata) => Read(new OpenTarget(file), metadata);

    /// <summary>Reads those of an open directory itself.</summary>
    public EntryAttributes Read(SourceDirectory directory, in FileMetadata metadata)
    {
        EntryAttributes attributes = Read(new OpenTarget(directory), metadata);
        if (!attributes.Problems.Any(problem => problem.Errno == Posix.EBADF))
        {
            return attributes;
        }
        // It is a directory on the way, opened with O_PATH, which other people may pass and not list.
        attributes = Read(new NamedTarget(directory, "."u8, isSymbolicLink: false), metadata);
        using SourceDirectory? readable = SourceDirectory.TryReopen(directory);
        return readable is null ? attributes : attributes with { Flags = Read(new OpenTarget(readable), metadata).Flags };
    }

    /// <summary>Reads those of an entry that is no file or directory; of a link itself.</summary>
    /// <exception cref="FileSystemException">It has vanished.</exception>
    public EntryAttributes Read(SourceDirectory directory, ByteName name, in FileMetadata metadata)
    {
        EntryAttributes attributes = Read(new NamedTarget(directory, name.Span, metadata.Type == FileType.SymbolicLink), metadata);
        if (attributes.Problems.Any(problem => problem.Errno == Posix.ENOENT))
        {
            _ = directory.Stat(name.Span); // Tells that it has vanished; else what is missing is /proc.
        }
        return attributes;
    }

    private EntryAttributes Read<TEntry>(TEntry entry, in FileMetadata metadata)
        where TEntry : IMetadataTarget, allows ref struct
    {
        List<AttributeProblem>? problems = null;
        List<ByteName> names = AttributeNames.Of(entry, out int error);
        Note(ref problems, MetadataProblems.OtherAttributes, default, error);
        List<ExtendedAttribute> attributes = new(names.Count);
        if (names.Count > 0)
        {
            using RentedBuffer buffer = new(Posix.AttributeValueSizeInBytesMax);
            foreach (ByteName name in names)
            {
                int length = entry.GetAttribute(name.Span, buffer.Span);
                if (length >= 0)
                {
                    attributes.Add(new ExtendedAttribute(name, buffer.Span[..length].ToArray()));
                }
                else if (length != -Posix.ENODATA) // Removed meanwhile.
                {
                    Note(ref problems, AttributeKinds.Of(name.Span), name, length);
                }
            }
        }
        FileFlags flags = entry.HasFlags ? ReadFlags(entry, metadata, ref problems) : FileFlags.None;
        return new EntryAttributes(attributes, flags, (IReadOnlyList<AttributeProblem>?)problems ?? []);
    }

    private FileFlags ReadFlags<TEntry>(TEntry entry, in FileMetadata metadata, ref List<AttributeProblem>? problems)
        where TEntry : IMetadataTarget, allows ref struct
    {
        if (_someAreWithoutFlags && _withoutFlags.ContainsKey((metadata.Device, metadata.Type)))
        {
            return FileFlags.None;
        }
        int result = entry.GetFlags(out uint flags);
        if (result is -Posix.ENOTTY or -Posix.EOPNOTSUPP or -Posix.ENOSYS or -Posix.EINVAL)
        {
            _withoutFlags[(metadata.Device, metadata.Type)] = true;
            _someAreWithoutFlags = true;
            return FileFlags.None;
        }
        Note(ref problems, MetadataProblems.Flags, default, result);
        return result < 0 ? FileFlags.None : (FileFlags)flags & FileFlagSets.Kept;
    }

    private static void Note(ref List<AttributeProblem>? problems, MetadataProblems kind, ByteName attribute, int result)
    {
        if (result < 0)
        {
            (problems ??= []).Add(new AttributeProblem(kind, attribute, -result));
        }
    }
}
