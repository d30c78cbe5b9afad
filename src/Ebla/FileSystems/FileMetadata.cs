using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>What one statx call tells about a file.</summary>
internal readonly record struct FileMetadata
{
    public required FileType Type { get; init; }

    /// <value>The 12 permission bits, with set-user-id (04000), set-group-id (02000) and sticky (01000).</value>
    public required int Mode { get; init; }

    public required uint UserId { get; init; }

    public required uint GroupId { get; init; }

    public required long SizeInBytes { get; init; }

    /// <value>Bytes that really lie on the disk. Less than the size if the file has holes.</value>
    public required long AllocatedSizeInBytes { get; init; }

    public required UnixTime ModifiedTime { get; init; }

    public required UnixTime ChangedTime { get; init; }

    public required UnixTime AccessedTime { get; init; }

    public required ulong Inode { get; init; }

    /// <value>Tells file systems on this machine apart while it runs. It means nothing elsewhere or after a reboot.</value>
    public required ulong Device { get; init; }

    public required uint LinkCount { get; init; }

    /// <value>For the two kinds of device nodes; zero for everything else.</value>
    public required DeviceNumber DeviceNumber { get; init; }

    /// <value>The attribute that chattr +d sets: the owner does not want this file in backups.</value>
    public required bool HasNoDumpFlag { get; init; }

    /// <value>Whether something is mounted there. False also where the system does not tell (Linux before 5.8).</value>
    public bool IsMountPoint { get; init; }
}
