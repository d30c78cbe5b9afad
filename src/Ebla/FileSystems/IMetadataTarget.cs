using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>Something whose metadata can be set: by its descriptor, or by its name in a directory. Results as in <see cref="Posix"/>.</summary>
internal interface IMetadataTarget
{
    bool HasMode { get; }

    int ChangeOwner(uint userId, uint groupId);

    int ChangeMode(int mode);

    int Stat(out FileMetadata metadata);

    int ChangeTimes(UnixTime? accessed, UnixTime? modified);
}
