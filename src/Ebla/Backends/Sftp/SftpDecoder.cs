using System.Buffers.Binary;
using System.Text;
using Ebla.Primitives;

namespace Ebla.Backends.Sftp;

/// <summary>Reads the fields of a packet. Whatever a server sends, this ends with values or a <see cref="BackendException"/>.</summary>
internal ref struct SftpDecoder(ReadOnlySpan<byte> packet)
{
    // Bits that say which attributes follow (draft-ietf-secsh-filexfer-02, section 5).
    private const uint HasSize = 1;
    private const uint HasOwners = 2;
    private const uint HasMode = 4;
    private const uint HasTimes = 8;
    private const uint HasExtended = 0x8000_0000;

    private ReadOnlySpan<byte> _rest = packet;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64BigEndian(Take(8));

    public ReadOnlySpan<byte> Bytes()
    {
        uint length = UInt32();
        return length <= (uint)_rest.Length ? Take((int)length) : throw Malformed();
    }

    /// <summary>Text for messages and names. What is not UTF-8 becomes replacement characters, which are in no name of ours.</summary>
    public string Text() => Encoding.UTF8.GetString(Bytes());

    public SftpStatus Status()
    {
        SftpStatusCode code = (SftpStatusCode)UInt32();

        // Early servers left out text and language.
        return new SftpStatus(code, IsAtEnd ? "" : OneLine.From(Text()));
    }

    public SftpAttributes Attributes()
    {
        uint flags = UInt32();
        long? size = null;
        uint? mode = null;
        uint? modified = null;
        if ((flags & HasSize) != 0)
        {
            ulong value = UInt64();
            size = value <= long.MaxValue ? (long)value : throw Malformed();
        }
        if ((flags & HasOwners) != 0)
        {
            _ = UInt64();
        }
        if ((flags & HasMode) != 0)
        {
            mode = UInt32();
        }
        if ((flags & HasTimes) != 0)
        {
            _ = UInt32();
            modified = UInt32();
        }
        if ((flags & HasExtended) != 0)
        {
            // Each takes bytes of the packet, so a huge count ends soon.
            for (uint left = UInt32(); left > 0; left--)
            {
                _ = Bytes();
                _ = Bytes();
            }
        }
        return new SftpAttributes(size, mode, modified);
    }

    public List<SftpEntry> Entries()
    {
        List<SftpEntry> entries = [];
        for (uint left = UInt32(); left > 0; left--)
        {
            string name = Text();
            _ = Bytes();
            entries.Add(new SftpEntry(name, Attributes()));
        }
        return entries;
    }

    public static BackendException Malformed() => new("The SFTP server sent an answer that makes no sense.", isTransient: false);

    private ReadOnlySpan<byte> Take(int length)
    {
        if (_rest.Length < length)
        {
            throw Malformed();
        }
        ReadOnlySpan<byte> taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
