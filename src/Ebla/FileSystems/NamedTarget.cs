using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>Metadata of an entry that is not opened: a symbolic link itself, a FIFO, a socket, a device.</summary>
internal readonly ref struct NamedTarget(Descriptor directory, ReadOnlySpan<byte> name, bool isSymbolicLink) : IMetadataTarget
{
    private readonly ReadOnlySpan<byte> _name = name;

    public bool HasMode => !isSymbolicLink;

    public bool HasFlags => false;

    public int ChangeOwner(uint userId, uint groupId) => Posix.ChangeOwnerAt(directory, _name, userId, groupId);

    public int ChangeMode(int mode) => Posix.ChangeModeAt(directory, _name, mode);

    public int Stat(out FileMetadata metadata) => Posix.StatAt(directory, _name, out metadata);

    public int ChangeTimes(UnixTime? accessed, UnixTime? modified)
        => Posix.ChangeTimesAt(directory, _name, accessed, modified);

    public int ListAttributes(scoped Span<byte> list) => Posix.ListAttributesAt(directory, _name, list);

    public int GetAttribute(scoped ReadOnlySpan<byte> attribute, scoped Span<byte> value)
        => Posix.GetAttributeAt(directory, _name, attribute, value);

    public int SetAttribute(scoped ReadOnlySpan<byte> attribute, scoped ReadOnlySpan<byte> value)
        => Posix.SetAttributeAt(directory, _name, attribute, value);

    public int RemoveAttribute(scoped ReadOnlySpan<byte> attribute) => Posix.RemoveAttributeAt(directory, _name, attribute);

    public int GetFlags(out uint flags)
    {
        flags = 0;
        return -Posix.EOPNOTSUPP;
    }

    public int SetFlags(uint flags) => -Posix.EOPNOTSUPP;
}
