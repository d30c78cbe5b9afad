using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Ebla.Backends.Sftp;

/// <summary>Writes the fields of a request, one after the other.</summary>
internal sealed class SftpEncoder
{
    private readonly ArrayBufferWriter<byte> _bytes = new(128);

    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    public SftpEncoder UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_bytes.GetSpan(4), value);
        _bytes.Advance(4);
        return this;
    }

    public SftpEncoder UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_bytes.GetSpan(8), value);
        _bytes.Advance(8);
        return this;
    }

    public SftpEncoder Bytes(ReadOnlySpan<byte> value)
    {
        _ = UInt32((uint)value.Length);
        _bytes.Write(value);
        return this;
    }

    public SftpEncoder Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    /// <summary>Attributes that hold only a mode.</summary>
    public SftpEncoder Mode(uint mode) => UInt32(4).UInt32(mode);
}
