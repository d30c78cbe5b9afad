using System.Security.Cryptography;
using Ebla.Hashing;

namespace Ebla.Bench;

/// <summary>BLAKE3 by kernel and size of input, with SHA-256 beside it.</summary>
internal static class HashingBenchmarks
{
    private static readonly int[] SizesInBytes = [1024, 2048, 4096, 5632, 11_000, 16_384, 65_536, 1 << 20, 8 << 20];

    public static void Run(Report report)
    {
        byte[] data = new byte[SizesInBytes[^1]];
        byte[] key = new byte[Blake3.KeySizeInBytes];
        RandomNumberGenerator.Fill(data);
        RandomNumberGenerator.Fill(key);
        for (Blake3Level level = Blake3Level.Scalar; level <= Blake3Kernels.Best; level++)
        {
            report.Measure($"BLAKE3 {level}, 64 B keyed", 64 * 1000L, () =>
            {
                for (int i = 0; i < 1000; i++)
                {
                    Blake3.Hash(level, key, Blake3Spec.KeyedHash, data.AsSpan(i, 64));
                }
            });
            foreach (int size in SizesInBytes)
            {
                report.Measure(
                    $"BLAKE3 {level}, {size} B", size,
                    () => Blake3.Hash(level, key, Blake3Spec.KeyedHash, data.AsSpan(0, size)));
            }
        }
        Blake3Hasher hasher = new();
        foreach (int piece in (int[])[100, 4096, 65_536, 1 << 20])
        {
            report.Measure($"BLAKE3 incremental, pieces of {piece} B", data.Length, () =>
            {
                hasher.Reset();
                for (int start = 0; start < data.Length; start += piece)
                {
                    hasher.Append(data.AsSpan(start, Math.Min(piece, data.Length - start)));
                }
                hasher.Finish();
            });
        }
        foreach (int size in (int[])[64, 4096, 1 << 20])
        {
            byte[] hash = new byte[SHA256.HashSizeInBytes];
            report.Measure($"SHA-256, {size} B", size, () => SHA256.HashData(data.AsSpan(0, size), hash));
        }
    }
}
