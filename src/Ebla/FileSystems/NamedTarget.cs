using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>Metadata of an entry that is not opened: a symbolic link itself, a FIFO, a socket, a device.</summary>
internal readonly ref struct NamedTarget(Descriptor directory, ReadOnlySpan<byte> name, bool isSymbolicLink) : IMetadataTarget
{
    private readonly ReadOnlySpan<byte> _name = name;

    public bool HasMode => !isSymbolicLink;

    public int ChangeOwner(uint userId, uint groupId) => Posix.ChangeOwnerAt(directory, _name, userId, groupId);

    public int ChangeMode(int mode) => Posix.ChangeModeAt(directory, _name, mode);

    public int Stat(out FileMetadata metadata) => Posix.StatAt(directory, _name, out metadata);

    public int ChangeTimes(UnixTime? accessed, UnixTime? modified)
        => Posix.ChangeTimesAt(directory, _name, accessed, modified);
}
