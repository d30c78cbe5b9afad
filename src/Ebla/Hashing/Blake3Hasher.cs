using System.Numerics;
using System.Runtime.InteropServices;
using Ebla.Primitives;

namespace Ebla.Hashing;

/// <summary>BLAKE3 of data that comes in pieces of any size. Holds 18 KB; reuse it by <see cref="Reset"/>.</summary>
/// <remarks>Not for use by several threads at once.</remarks>
public sealed class Blake3Hasher
{
    /// <summary>Pieces are gathered up to the widest kernel's input, so that small ones are hashed as fast.</summary>
    private const int BufferSizeInBytes = Blake3Kernels.LanesMax * Blake3Spec.ChunkSizeInBytes;

    private readonly byte[] _key = new byte[Blake3Spec.KeySizeInBytes];
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferSizeInBytes);
    private readonly byte[] _stack =
        new byte[(Blake3Spec.TreeDepthMax + 1) * Blake3Spec.ChainingValueSizeInBytes];

    private readonly uint _flags;
    private readonly Blake3Level _level;
    private int _stackCount;
    private int _bufferedSize;
    private ulong _chunkCount;

    /// <summary>A hasher without a key.</summary>
    public Blake3Hasher()
        : this(Blake3Kernels.Best, MemoryMarshal.AsBytes(Blake3Spec.Iv), 0)
    {
    }

    internal Blake3Hasher(Blake3Level level, ReadOnlySpan<byte> key, uint flags)
    {
        Blake3.RequireKey(key);
        key.CopyTo(_key);
        _level = level;
        _flags = flags;
    }

    /// <summary>A hasher with a key of 32 bytes, of which it keeps a copy.</summary>
    /// <exception cref="ArgumentException">The key is not 32 bytes long.</exception>
    public static Blake3Hasher CreateKeyed(ReadOnlySpan<byte> key)
        => new(Blake3Kernels.Best, key, Blake3Spec.KeyedHash);

    /// <summary>A hasher that derives keys: what is appended is the key material.</summary>
    /// <param name="context">Says what the key is for: unique to the use, fixed, never input of someone else.</param>
    public static Blake3Hasher CreateKeyDerivation(ReadOnlySpan<byte> context)
        => CreateKeyDerivation(Blake3Kernels.Best, context);

    internal static Blake3Hasher CreateKeyDerivation(Blake3Level level, ReadOnlySpan<byte> context)
    {
        Span<byte> contextKey = stackalloc byte[Blake3Spec.KeySizeInBytes];
        Blake3.Hash(level, MemoryMarshal.AsBytes(Blake3Spec.Iv), Blake3Spec.DeriveKeyContext, context)
            .Write(contextKey);
        return new Blake3Hasher(level, contextKey, Blake3Spec.DeriveKeyMaterial);
    }

    /// <summary>Takes the next piece, of any size. Large pieces are hashed where they stand, without a copy.</summary>
    public unsafe void Append(ReadOnlySpan<byte> data)
    {
        if (_bufferedSize > 0 || data.Length <= BufferSizeInBytes)
        {
            int size = Math.Min(data.Length, BufferSizeInBytes - _bufferedSize);
            data[..size].CopyTo(_buffer.AsSpan(_bufferedSize));
            _bufferedSize += size;
            data = data[size..];
            if (data.Length == 0)
            {
                // A full buffer waits: only when more follows is it known not to hold the root.
                return;
            }
            fixed (byte* input = _buffer)
            {
                Push(input, Blake3Kernels.LanesMax);
            }
            _bufferedSize = 0;
        }
        fixed (byte* start = data)
        {
            byte* input = start;
            int length = data.Length;
            while (length > BufferSizeInBytes)
            {
                // The largest complete subtree that starts here and leaves at least one byte.
                int chunkCount = 1 << BitOperations.Log2((uint)(length - 1) / Blake3Spec.ChunkSizeInBytes);
                chunkCount = Math.Min(chunkCount, Blake3Tree.BatchChunksMax);
                if (_chunkCount > 0)
                {
                    chunkCount = (int)Math.Min((ulong)chunkCount, _chunkCount & ~(_chunkCount - 1));
                }
                Push(input, chunkCount);
                input += chunkCount * Blake3Spec.ChunkSizeInBytes;
                length -= chunkCount * Blake3Spec.ChunkSizeInBytes;
            }
            new ReadOnlySpan<byte>(input, length).CopyTo(_buffer);
            _bufferedSize = length;
        }
    }

    /// <summary>The 32-byte hash of all that was appended. More may be appended afterwards.</summary>
    public unsafe Hash256 Finish()
    {
        Finish(out Blake3Node root);
        Span<byte> output = stackalloc byte[Hash256.SizeInBytes];
        fixed (byte* target = output)
        {
            root.WriteHash(_level, target);
        }
        return Hash256.Read(output);
    }

    /// <summary>Fills <paramref name="output"/>, of any length; its first 32 bytes are the hash. A longer output starts
    /// with the shorter one.</summary>
    public void Finish(Span<byte> output)
    {
        Finish(out Blake3Node root);
        root.WriteExtended(_level, output);
    }

    /// <summary>Forgets what was appended; key and mode stay.</summary>
    public void Reset()
    {
        _stackCount = 0;
        _bufferedSize = 0;
        _chunkCount = 0;
    }

    private unsafe void Push(byte* input, int chunkCount)
    {
        fixed (byte* key = _key)
        fixed (byte* stack = _stack)
        {
            Blake3Tree.Push(_level, input, chunkCount, _chunkCount, (uint*)key, _flags, stack, ref _stackCount);
        }
        _chunkCount += (ulong)chunkCount;
    }

    private unsafe void Finish(out Blake3Node root)
    {
        fixed (byte* key = _key)
        fixed (byte* input = _buffer)
        fixed (byte* stack = _stack)
        {
            Blake3Tree.Finish(
                _level, input, _bufferedSize, _chunkCount, (uint*)key, _flags, stack, _stackCount, out root);
        }
    }
}
