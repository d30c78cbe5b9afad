namespace Ebla.Backends.Sftp;

/// <summary>What a packet is (draft-ietf-secsh-filexfer-02, section 3). Those that we send, then those that a server sends.</summary>
internal enum SftpPacketType : byte
{
    Init = 1,
    Version = 2,
    Open = 3,
    Close = 4,
    Read = 5,
    Write = 6,
    FileStat = 8,
    OpenFolder = 11,
    ReadFolder = 12,
    Remove = 13,
    MakeFolder = 14,
    RemoveFolder = 15,
    Stat = 17,
    Rename = 18,
    Extended = 200,

    Status = 101,
    Handle = 102,
    Data = 103,
    Name = 104,
    Attributes = 105,
    ExtendedReply = 201,
}
