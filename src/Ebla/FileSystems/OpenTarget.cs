using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>Metadata of what is open.</summary>
internal readonly struct OpenTarget(Descriptor descriptor) : IMetadataTarget
{
    public bool HasMode => true;

    public int ChangeOwner(uint userId, uint groupId) => Posix.ChangeOwner(descriptor, userId, groupId);

    public int ChangeMode(int mode) => Posix.ChangeMode(descriptor, mode);

    public int Stat(out FileMetadata metadata) => Posix.Stat(descriptor, out metadata);

    public int ChangeTimes(UnixTime? accessed, UnixTime? modified) => Posix.ChangeTimes(descriptor, accessed, modified);
}
