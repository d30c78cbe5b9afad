using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>Metadata of what is open.</summary>
internal readonly struct OpenTarget(Descriptor descriptor) : IMetadataTarget
{
    public bool HasMode => true;

    public bool HasFlags => true;

    public int ChangeOwner(uint userId, uint groupId) => Posix.ChangeOwner(descriptor, userId, groupId);

    public int ChangeMode(int mode) => Posix.ChangeMode(descriptor, mode);

    public int Stat(out FileMetadata metadata) => Posix.Stat(descriptor, out metadata);

    public int ChangeTimes(UnixTime? accessed, UnixTime? modified) => Posix.ChangeTimes(descriptor, accessed, modified);

    public int ListAttributes(scoped Span<byte> list) => Posix.ListAttributes(descriptor, list);

    public int GetAttribute(scoped ReadOnlySpan<byte> attribute, scoped Span<byte> value) => Posix.GetAttribute(descriptor, attribute, value);

    public int SetAttribute(scoped ReadOnlySpan<byte> attribute, scoped ReadOnlySpan<byte> value)
        => Posix.SetAttribute(descriptor, attribute, value);

    public int RemoveAttribute(scoped ReadOnlySpan<byte> attribute) => Posix.RemoveAttribute(descriptor, attribute);

    public int GetFlags(out uint flags) => Posix.GetFlags(descriptor, out flags);

    public int SetFlags(uint flags) => Posix.SetFlags(descriptor, flags);
}
