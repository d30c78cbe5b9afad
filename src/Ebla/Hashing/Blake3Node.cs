using System.Runtime.CompilerServices;

namespace Ebla.Hashing;

/// <summary>A node just before its last compression: it may still become an inner node or the root.</summary>
internal unsafe struct Blake3Node
{
    private fixed uint _state[Blake3Spec.ChainingValueSizeInWords];
    private fixed byte _block[Blake3Spec.BlockSizeInBytes];
    private int _blockSize;
    private ulong _counter;
    private uint _flags;

    /// <summary>The last block of a chunk, after <paramref name="state"/>.</summary>
    [SkipLocalsInit]
    public static void ForBlock(
        out Blake3Node node, uint* state, byte* block, int blockSize, ulong counter, uint flags)
    {
        Unsafe.SkipInit(out node);
        for (int i = 0; i < Blake3Spec.ChainingValueSizeInWords; i++)
        {
            node._state[i] = state[i];
        }
        fixed (byte* target = node._block)
        {
            Span<byte> padded = new(target, Blake3Spec.BlockSizeInBytes);
            new ReadOnlySpan<byte>(block, blockSize).CopyTo(padded);
            padded[blockSize..].Clear();
        }
        node._blockSize = blockSize;
        node._counter = counter;
        node._flags = flags;
    }

    /// <summary>The parent of two chaining values.</summary>
    public static void ForParent(out Blake3Node node, byte* children, uint* key, uint flags) => ForBlock(
        out node, key, children, Blake3Spec.BlockSizeInBytes, 0, flags | Blake3Spec.Parent);

    /// <summary>Compresses the node as an inner one; 32 bytes.</summary>
    public void WriteChainingValue(Blake3Level level, byte* output) => Write(level, _flags, output);

    /// <summary>Compresses the node as the root; the 32 bytes of the hash.</summary>
    public void WriteHash(Blake3Level level, byte* output) => Write(level, _flags | Blake3Spec.Root, output);

    /// <summary>Compresses the node as the root, to as many bytes as wanted.</summary>
    [SkipLocalsInit]
    public void WriteExtended(Blake3Level level, Span<byte> output)
    {
        uint* words = stackalloc uint[Blake3Spec.BlockSizeInWords];
        ReadOnlySpan<byte> bytes = new(words, Blake3Spec.BlockSizeInBytes);
        fixed (uint* state = _state)
        fixed (byte* block = _block)
        {
            for (ulong counter = 0; output.Length > 0; counter++)
            {
                uint flags = _flags | Blake3Spec.Root;
                Blake3Kernels.CompressExtended(level, state, block, _blockSize, counter, flags, words);
                int size = Math.Min(output.Length, bytes.Length);
                bytes[..size].CopyTo(output);
                output = output[size..];
            }
        }
    }

    private void Write(Blake3Level level, uint flags, byte* output)
    {
        fixed (uint* state = _state)
        fixed (byte* block = _block)
        {
            Unsafe.CopyBlockUnaligned(output, state, Blake3Spec.ChainingValueSizeInBytes);
            Blake3Kernels.Compress(level, (uint*)output, block, _blockSize, _counter, flags);
        }
    }
}
