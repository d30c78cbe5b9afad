using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Ebla.Primitives;

/// <summary>The random id of a repository: 16 bytes, bound into every key and every object.</summary>
public readonly record struct RepositoryId(UInt128 Value)
{
    /// <summary>Size of the binary form.</summary>
    public const int SizeInBytes = 16;

    /// <summary>Reads the first 16 bytes of <paramref name="source"/>, big-endian.</summary>
    public static RepositoryId Read(ReadOnlySpan<byte> source) => new(BinaryPrimitives.ReadUInt128BigEndian(source));

    /// <summary>A fresh random id.</summary>
    public static RepositoryId NewRandom()
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
