using Ebla.Primitives;

namespace Ebla.Trees;

/// <summary>One entry of a directory, as docs/format.md, section "Nodes", lays it down.</summary>
public sealed record Node
{
    /// <summary>The raw name, 1 to 255 bytes. For a snapshot's root entries: the absolute path's component.</summary>
    public required ByteName Name { get; init; }

    /// <summary>What it is.</summary>
    public required FileType Type { get; init; }

    /// <summary>The 12 permission bits, set-id and sticky bits included.</summary>
    public required int Mode { get; init; }

    /// <summary>Numeric owner.</summary>
    public uint UserId { get; init; }

    /// <summary>Numeric group.</summary>
    public uint GroupId { get; init; }

    /// <summary>The owner's name on the machine that was backed up; empty if it had none.</summary>
    public ByteName UserName { get; init; }

    /// <summary>The group's name on the machine that was backed up; empty if it had none.</summary>
    public ByteName GroupName { get; init; }

    /// <summary>Time of the last change of the content.</summary>
    public UnixTime ModifiedTime { get; init; }

    /// <summary>Time of the last change of content or metadata. For telling changed files, never restored.</summary>
    public UnixTime ChangedTime { get; init; }

    /// <summary>
    /// Time of the last access, as it was when the entry was new or changed: an access alone makes no new node. Restored on demand.
    /// </summary>
    public UnixTime AccessedTime { get; init; }

    /// <summary>Inode number. For telling changed files, never restored.</summary>
    public ulong Inode { get; init; }

    /// <summary>Exact length of a regular file; 0 for all else.</summary>
    public long SizeInBytes { get; init; }

    /// <summary>A regular file's content in order, if short enough to stand here; else empty, and <see cref="ContentList"/> is set.</summary>
    public IReadOnlyList<ContentPiece> Content { get; init; } = [];

    /// <summary>The tree blob that lists a long file's content.</summary>
    public BlobId? ContentList { get; init; }

    /// <summary>A directory's tree blob.</summary>
    public BlobId? Subtree { get; init; }

    /// <summary>A symbolic link's target, raw.</summary>
    public ByteName LinkTarget { get; init; }

    /// <summary>For an entry with several names: equal (device, inode) in one snapshot means one file.</summary>
    public HardLinkId? HardLink { get; init; }

    /// <summary>A device's major and minor number.</summary>
    public DeviceNumber? DeviceNumber { get; init; }

    /// <summary>
    /// The extended attributes, sorted by name, if they are few enough to stand here; else empty, and
    /// <see cref="ExtendedAttributeContent"/> is set. Access control lists and capabilities are among them.
    /// </summary>
    public IReadOnlyList<ExtendedAttribute> ExtendedAttributes { get; init; } = [];

    /// <summary>The blobs that hold a large set of extended attributes, in order.</summary>
    public IReadOnlyList<ContentPiece> ExtendedAttributeContent { get; init; } = [];

    /// <summary>What chattr(1) has set, of a file or directory.</summary>
    public FileFlags Flags { get; init; }

    /// <summary>What a reader of the snapshot should know of how the entry was read.</summary>
    public NodeRemarks Remarks { get; init; }
}
