using System.Runtime.CompilerServices;

namespace Ebla.Operations.Patterns;

/// <summary>Which of the 256 bytes are in a set.</summary>
[InlineArray(4)]
internal struct ByteSet
{
    private ulong _word;

    public readonly bool Contains(byte value) => (this[value >> 6] & (1UL << (value & 63))) != 0;

    public void Add(byte value) => this[value >> 6] |= 1UL << (value & 63);

    public void Remove(byte value) => this[value >> 6] &= ~(1UL << (value & 63));

    public void Invert()
    {
        for (int i = 0; i < 4; i++)
        {
            this[i] = ~this[i];
        }
    }
}
