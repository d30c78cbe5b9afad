using System.Buffers.Binary;
using Ebla.Encryption;

namespace Ebla.Sessions;

/// <summary>The random id of a writer's session: 16 bytes.</summary>
internal readonly record struct SessionId(UInt128 Value)
{
    public const int SizeInBytes = 16;

    public static SessionId NewRandom(IEntropy entropy)
    {
        Span<byte> bytes = stackalloc byte[SizeInBytes];
        entropy.Fill(bytes);
        return Read(bytes);
    }

    public static SessionId Read(ReadOnlySpan<byte> source) => new(BinaryPrimitives.ReadUInt128BigEndian(source));

    public byte[] ToArray()
    {
        byte[] bytes = new byte[SizeInBytes];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Value);
        return bytes;
    }

    public override string ToString() => Convert.ToHexStringLower(ToArray());
}
