using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Ebla.Chunking;
using Xunit;

namespace Ebla.Tests.Chunking;

/// <summary>The inputs, the gear table and the decision of chunker_reference.py, where they are described.</summary>
internal static class ChunkerInputs
{
    public static ulong[] GearTable { get; } = [.. SplitMix64(1).Take(256)];

    public static Chunker<Sha256Decision> NewChunker(ChunkerParameters parameters) => new(parameters, GearTable, default);

    public static IEnumerable<ulong> SplitMix64(ulong state)
    {
        while (true)
        {
            state = unchecked(state + 0x9E3779B97F4A7C15);
            yield return Mix(state);
        }
    }

    public static byte[] Random(int length, ulong seed = 2)
    {
        byte[] bytes = new byte[length + 8];
        IEnumerator<ulong> words = SplitMix64(seed).GetEnumerator();
        for (int offset = 0; offset < length; offset += 8)
        {
            words.MoveNext();
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(offset), words.Current);
        }
        return bytes[..length];
    }

    public static byte[] Lines(int length)
    {
        StringBuilder text = new();
        for (int number = 0; text.Length < length; number++)
        {
            text.Append("line ").Append(number).Append('\n');
        }
        return Encoding.ASCII.GetBytes(text.ToString(0, length));
    }

    public static byte[] Period(int period, int length)
    {
        byte[] once = Random(period);
        byte[] bytes = new byte[length];
        for (int offset = 0; offset < length; offset++)
        {
            bytes[offset] = once[offset % period];
        }
        return bytes;
    }

    public static byte[] Mixed(int length)
        => [.. Random(length / 4), .. new byte[length / 4], .. Lines(length / 4), .. Period(1000, length / 4)];

    /// <summary>The input that a name in the vectors means, such as "zeros 1000".</summary>
    public static byte[] Named(string name)
    {
        string[] words = name.Split(' ');
        int length = int.Parse(words[^1], null);
        return words[0] switch
        {
            "random" => Random(length),
            "zeros" => new byte[length],
            "lines" => Lines(length),
            "period" => Period(int.Parse(words[1], null), length),
            "mixed" => Mixed(length),
            _ => throw new ArgumentException(name),
        };
    }

    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }

    internal readonly struct Sha256Decision : ICutDecision
    {
        public ulong Decide(ReadOnlySpan<byte> window)
        {
            Assert.Equal(ChunkerParameters.WindowSizeInBytes, window.Length);
            return BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData([.. "ebla chunker vectors"u8, .. window]));
        }
    }
}
