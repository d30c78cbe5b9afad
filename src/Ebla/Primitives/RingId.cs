using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Ebla.Primitives;

/// <summary>The random id of a key ring: 16 bytes.</summary>
public readonly record struct RingId(UInt128 Value)
{
    /// <summary>Size of the binary form.</summary>
    public const int SizeInBytes = 16;

    /// <summary>Reads the first 16 bytes of <paramref name="source"/>, big-endian.</summary>
    public static RingId Read(ReadOnlySpan<byte> source) => new(BinaryPrimitives.ReadUInt128BigEndian(source));

    /// <summary>A fresh random id.</summary>
    public static RingId NewRandom()
    {
        Span<byte> bytes = stackalloc byte[SizeInBytes];
        RandomNumberGenerator.Fill(bytes);
        return Read(bytes);
    }

    /// <summary>Writes 16 bytes to the start of <paramref name="destination"/>.</summary>
    public void Write(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, Value);

    /// <summary>The 16 bytes in a new array.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[SizeInBytes];
        Write(bytes);
        return bytes;
    }

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(ToArray());
}
