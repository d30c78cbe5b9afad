using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>
/// Something whose metadata can be read and set: by its descriptor, or by its name in a directory. Results as in <see cref="Posix"/>.
/// </summary>
internal interface IMetadataTarget
{
    bool HasMode { get; }

    /// <value>Whether there are flags to ask for: only of what is open.</value>
    bool HasFlags { get; }

    int ChangeOwner(uint userId, uint groupId);

    int ChangeMode(int mode);

    int Stat(out FileMetadata metadata);

    int ChangeTimes(UnixTime? accessed, UnixTime? modified);

    int ListAttributes(scoped Span<byte> list);

    int GetAttribute(scoped ReadOnlySpan<byte> attribute, scoped Span<byte> value);

    int SetAttribute(scoped ReadOnlySpan<byte> attribute, scoped ReadOnlySpan<byte> value);

    int RemoveAttribute(scoped ReadOnlySpan<byte> attribute);

    int GetFlags(out uint flags);

    int SetFlags(uint flags);
}
