using System.Buffers.Binary;
using System.Text;
using Ebla.Primitives;

namespace Ebla.Keys;

/// <summary>Puts together the text and fixed-width fields of a derivation's info, an AAD or a signed message.</summary>
internal ref struct InfoWriter(Span<byte> buffer)
{
    /// <summary>Enough for every use here.</summary>
    public const int SizeInBytesMax = 256;

    private readonly Span<byte> _buffer = buffer;
    private int _length;

    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    public void Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer[_length..]);
        _length += bytes.Length;
    }

    public void Add(string ascii) => _length += Encoding.ASCII.GetBytes(ascii, _buffer[_length..]);

    public void Add(byte value) => _buffer[_length++] = value;

    public void Add(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer[_length..], value);
        _length += sizeof(uint);
    }

    public void Add(RepositoryId id)
    {
        id.Write(_buffer[_length..]);
        _length += RepositoryId.SizeInBytes;
    }

    public void Add(RingId id)
    {
        id.Write(_buffer[_length..]);
        _length += RingId.SizeInBytes;
    }

    public void Add(MemberId id)
    {
        id.Write(_buffer[_length..]);
        _length += MemberId.SizeInBytes;
    }

    public void Add(Hash256 hash)
    {
        hash.Write(_buffer[_length..]);
        _length += Hash256.SizeInBytes;
    }
}
