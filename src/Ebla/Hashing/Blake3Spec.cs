namespace Ebla.Hashing;

// BLAKE3 (O'Connor, Aumasson, Neves, Wilcox-O'Hearn: "BLAKE3, one function, fast everywhere", 2020).
// Input is cut into chunks of 1 KiB, each hashed block by block; chaining values are joined by a binary tree whose left
// subtrees are complete. The numbers below are those of section 2 of the paper. Words are little-endian; the kernels
// read them as the machine does, so they are for little-endian machines, which are all that this project is built for.

/// <summary>The constants of BLAKE3.</summary>
internal static class Blake3Spec
{
    public const int BlockSizeInBytes = 64;
    public const int BlockSizeInWords = 16;
    public const int ChunkSizeInBytes = 1024;
    public const int BlocksPerChunk = ChunkSizeInBytes / BlockSizeInBytes;
    public const int ChainingValueSizeInBytes = 32;
    public const int ChainingValueSizeInWords = 8;
    public const int KeySizeInBytes = 32;

    /// <summary>No tree over fewer than 2^64 bytes is deeper.</summary>
    public const int TreeDepthMax = 54;

    public const uint Iv0 = 0x6A09E667;
    public const uint Iv1 = 0xBB67AE85;
    public const uint Iv2 = 0x3C6EF372;
    public const uint Iv3 = 0xA54FF53A;
    public const uint Iv4 = 0x510E527F;
    public const uint Iv5 = 0x9B05688C;
    public const uint Iv6 = 0x1F83D9AB;
    public const uint Iv7 = 0x5BE0CD19;

    public const uint ChunkStart = 1 << 0;
    public const uint ChunkEnd = 1 << 1;
    public const uint Parent = 1 << 2;
    public const uint Root = 1 << 3;
    public const uint KeyedHash = 1 << 4;
    public const uint DeriveKeyContext = 1 << 5;
    public const uint DeriveKeyMaterial = 1 << 6;

    /// <summary>The key of the modes that have none.</summary>
    public static ReadOnlySpan<uint> Iv => [Iv0, Iv1, Iv2, Iv3, Iv4, Iv5, Iv6, Iv7];
}
