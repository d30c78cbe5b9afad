using System.Buffers;

namespace Ebla.Packs;

/// <summary>One piece of a pack's bytes.</summary>
internal sealed class PackSegment : ReadOnlySequenceSegment<byte>
{
    public PackSegment(ReadOnlyMemory<byte> memory, PackSegment? previous)
    {
        Memory = memory;
        if (previous is not null)
        {
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
            previous.Next = this;
        }
    }
}
