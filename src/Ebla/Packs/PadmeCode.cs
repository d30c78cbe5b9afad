using System.Numerics;
using Ebla.Primitives;

namespace Ebla.Packs;

/// <summary>A Padmé length in 16 bits: number of zero bits in the high byte, the bits before them in the low byte.</summary>
internal static class PadmeCode
{
    /// <summary>The largest length: the last Padmé length that an int holds.</summary>
    public const int LengthMax = 0x7E00_0000;

    /// <summary>The code of the Padmé length of <paramref name="length"/>, 0 to <see cref="LengthMax"/>.</summary>
    public static ushort Encode(int length)
    {
        Invariant.Check(length is >= 0 and <= LengthMax);
        long padded = Padme.Round(length);
        int zeroBits = padded > byte.MaxValue ? Math.Max(0, BitOperations.Log2((ulong)padded) - 7) : 0;
        Invariant.Check(padded >> zeroBits << zeroBits == padded);
        return (ushort)((zeroBits << 8) | (int)(padded >> zeroBits));
    }

    /// <summary>The Padmé length of a code.</summary>
    /// <exception cref="CorruptDataException">Not what <see cref="Encode"/> gives.</exception>
    public static int Decode(ushort code)
    {
        long length = (long)(code & byte.MaxValue) << (code >> 8);
        return length is >= 0 and <= LengthMax && Encode((int)length) == code
            ? (int)length
            : throw new CorruptDataException($"Frame record: length code {code} is not canonical.");
    }
}
