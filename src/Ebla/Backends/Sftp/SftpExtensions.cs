using Ebla.Primitives;

namespace Ebla.Backends.Sftp;

/// <summary>What a server can do beyond the draft, from its greeting (OpenSSH's file PROTOCOL describes these).</summary>
internal sealed record SftpExtensions
{
    public const string LimitsName = "limits@openssh.com";
    public const string PosixRenameName = "posix-rename@openssh.com";
    public const string SyncName = "fsync@openssh.com";
    public const string HardLinkName = "hardlink@openssh.com";
    public const string FreeSpaceName = "statvfs@openssh.com";

    // Every server takes this much (draft-ietf-secsh-filexfer-02, section 3).
    private const int TransferSizeInBytesMin = 32 * 1024;

    /// <summary>None of them.</summary>
    public static SftpExtensions None { get; } = new();

    public bool HasLimits { get; private init; }

    public bool HasPosixRename { get; private init; }

    public bool HasSync { get; private init; }

    public bool HasHardLink { get; private init; }

    public bool HasFreeSpace { get; private init; }

    /// <summary>The most that one answer brings.</summary>
    public int ReadSizeInBytesMax { get; private init; } = TransferSizeInBytesMin;

    /// <summary>The most that one request writes.</summary>
    public int WriteSizeInBytesMax { get; private init; } = TransferSizeInBytesMin;

    /// <summary>How many files and folders may be open; null if the server does not say.</summary>
    public int? HandlesMax { get; private init; }

    /// <summary>Reads a greeting, from the version on.</summary>
    public static SftpExtensions Read(ReadOnlySpan<byte> greeting, uint version, string where)
    {
        SftpDecoder fields = new(greeting);
        uint offered = fields.UInt32();
        if (offered != version)
        {
            throw new BackendException(
                $"{where}: the server speaks version {offered} of SFTP; version {version} is needed, which nearly all servers speak.",
                isTransient: false);
        }
        HashSet<(string Name, string Version)> found = [];
        while (!fields.IsAtEnd)
        {
            _ = found.Add((fields.Text(), fields.Text()));
        }
        return new SftpExtensions
        {
            HasLimits = found.Contains((LimitsName, "1")),
            HasPosixRename = found.Contains((PosixRenameName, "1")),
            HasSync = found.Contains((SyncName, "1")),
            HasHardLink = found.Contains((HardLinkName, "1")),
            HasFreeSpace = found.Contains((FreeSpaceName, "2")),
        };
    }

    /// <summary>The same with the limits that the server answered; without them, if it would not.</summary>
    public SftpExtensions WithLimits(SftpReply reply)
    {
        if (reply.FailureUnless(SftpPacketType.ExtendedReply) is not null)
        {
            return this;
        }
        SftpDecoder fields = new(reply.Body);
        ulong packet = fields.UInt64();
        ulong read = fields.UInt64();
        ulong write = fields.UInt64();
        ulong handles = fields.UInt64();
        return this with
        {
            ReadSizeInBytesMax = Transfer(packet, read),
            WriteSizeInBytesMax = Transfer(packet, write),
            HandlesMax = handles is 0 or > int.MaxValue ? null : (int)handles,
        };
    }

    // 1 KiB for the other fields, as OpenSSH has it. Zero stands for "no limit".
    private static int Transfer(ulong packet, ulong transfer)
    {
        ulong ours = SftpPacketSource.PacketSizeInBytesMax;
        ulong whole = packet == 0 ? ours : Math.Min(packet, ours);
        ulong most = whole > 1024 ? whole - 1024 : whole;
        return (int)Math.Max(TransferSizeInBytesMin, transfer == 0 ? most : Math.Min(transfer, most));
    }
}
