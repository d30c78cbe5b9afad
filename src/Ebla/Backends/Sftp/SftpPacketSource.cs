using System.Buffers.Binary;
using System.Text;

namespace Ebla.Backends.Sftp;

/// <summary>Cuts the bytes from a server into packets.</summary>
internal sealed class SftpPacketSource(Stream fromServer)
{
    /// <summary>The longest packet that is taken. OpenSSH sends and takes none that is longer.</summary>
    public const int PacketSizeInBytesMax = 256 * 1024;

    private const int LengthSizeInBytes = 4;

    private readonly byte[] _buffer = new byte[LengthSizeInBytes + PacketSizeInBytesMax];
    private int _start;
    private int _end;

    /// <summary>The next packet, from its type on; valid until the next call. Empty at the end, a torn packet left aside.</summary>
    /// <exception cref="InvalidDataException">This is no packet.</exception>
    public ReadOnlySpan<byte> Next()
    {
        if (!Fill(LengthSizeInBytes))
        {
            return default;
        }
        uint length = BinaryPrimitives.ReadUInt32BigEndian(_buffer.AsSpan(_start));
        if (length is 0 or > PacketSizeInBytesMax)
        {
            throw new InvalidDataException(LooksLikeText(_buffer.AsSpan(_start, LengthSizeInBytes))
                ? $"the server sends text where SFTP should begin: '{OneLine.From(TextSoFar())}'. Its login scripts must print nothing"
                : $"the server sends a packet of {length} bytes");
        }
        if (!Fill(LengthSizeInBytes + (int)length))
        {
            return default;
        }
        ReadOnlySpan<byte> packet = _buffer.AsSpan(_start + LengthSizeInBytes, (int)length);
        _start += LengthSizeInBytes + (int)length;
        return packet;
    }

    private static bool LooksLikeText(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            // Control characters but those of text, and bytes that UTF-8 never has.
            if (value is > 0xF4 or < 0x20 and not (9 or 10 or 13 or 27))
            {
                return false;
            }
        }
        return true;
    }

    private string TextSoFar() => Encoding.UTF8.GetString(_buffer.AsSpan(_start, Math.Min(_end - _start, 120)));

    // False at the end of the stream.
    private bool Fill(int sizeInBytes)
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_start + sizeInBytes > _buffer.Length)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
        while (_end - _start < sizeInBytes)
        {
            int read = fromServer.Read(_buffer, _end, _buffer.Length - _end);
            if (read == 0)
            {
                return false;
            }
            _end += read;
        }
        return true;
    }
}
