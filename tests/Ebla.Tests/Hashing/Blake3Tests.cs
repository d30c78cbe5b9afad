using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Ebla.Hashing;
using Ebla.Primitives;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Parameters;
using Xunit;

namespace Ebla.Tests.Hashing;

// Goal: BLAKE3 is BLAKE3, by every kernel. Method: the official vectors, and two implementations that are not ours.
public sealed class Blake3Tests
{
    private const int LongestInput = 200 * 1024;

    public static TheoryData<string> Kernels
        => [.. Enum.GetValues<Blake3Level>().Where(level => level <= Blake3Kernels.Best).Select(level => $"{level}")];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void The_official_vectors_hold_in_every_mode(string kernel)
    {
        Blake3Level level = Enum.Parse<Blake3Level>(kernel);
        using JsonDocument vectors = JsonDocument.Parse(File.ReadAllText(
            Path.Combine(AppContext.BaseDirectory, "Hashing", "blake3-test-vectors.json")));
        byte[] key = Encoding.ASCII.GetBytes(vectors.RootElement.GetProperty("key").GetString()!);
        byte[] context = Encoding.ASCII.GetBytes(vectors.RootElement.GetProperty("context_string").GetString()!);
        int caseCount = 0;
        foreach (JsonElement vector in vectors.RootElement.GetProperty("cases").EnumerateArray())
        {
            byte[] input = Pattern(vector.GetProperty("input_len").GetInt32());
            byte[] hash = Convert.FromHexString(vector.GetProperty("hash").GetString()!);
            byte[] keyedHash = Convert.FromHexString(vector.GetProperty("keyed_hash").GetString()!);
            byte[] derivedKey = Convert.FromHexString(vector.GetProperty("derive_key").GetString()!);

            Assert.Equal(Hash256.Read(hash), Hash(level, input));
            Assert.Equal(Hash256.Read(keyedHash), Blake3.Hash(level, key, Blake3Spec.KeyedHash, input));
            AssertFinishes(hash, Hasher(level), input);
            AssertFinishes(keyedHash, new Blake3Hasher(level, key, Blake3Spec.KeyedHash), input);
            AssertFinishes(derivedKey, Blake3Hasher.CreateKeyDerivation(level, context), input);
            caseCount++;
        }
        Assert.Equal(35, caseCount);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Another_implementation_agrees_on_random_lengths(string kernel)
    {
        Blake3Level level = Enum.Parse<Blake3Level>(kernel);
        const int Seed = 20261;
        Random random = new(Seed);
        byte[] key = new byte[Blake3.KeySizeInBytes];
        for (int round = 0; round < 60; round++)
        {
            byte[] input = new byte[random.Next(1 << random.Next(1, 18))];
            random.NextBytes(input);
            random.NextBytes(key);

            string where = $"seed {Seed}, round {round}, {input.Length} bytes";
            Assert.True(Reference(input, null) == Hash(level, input), where);
            Assert.True(Reference(input, key) == Blake3.Hash(level, key, Blake3Spec.KeyedHash, input), where);
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Every_length_around_the_kernels_widths_agrees_with_the_scalar_kernel(string kernel)
    {
        Blake3Level level = Enum.Parse<Blake3Level>(kernel);
        // Every number of whole chunks up to two of the widest kernel's, with many numbers of blocks in the last chunk.
        byte[] input = Pattern(34 * Blake3Spec.ChunkSizeInBytes);
        for (int length = 0; length <= input.Length; length += 127)
        {
            ReadOnlySpan<byte> part = input.AsSpan(0, length);
            Assert.True(Hash(Blake3Level.Scalar, part) == Hash(level, part), $"{length} bytes");
        }
    }

    [Fact]
    public void All_kernels_agree_on_random_lengths_at_random_alignments()
    {
        const int Seed = 20262;
        Random random = new(Seed);
        byte[] input = new byte[LongestInput + 64];
        random.NextBytes(input);
        for (int round = 0; round < 60; round++)
        {
            int length = random.Next(LongestInput);
            ReadOnlySpan<byte> part = input.AsSpan(random.Next(64), length);
            Hash256 expected = Hash(Blake3Level.Scalar, part);
            for (Blake3Level level = Blake3Level.Vector128; level <= Blake3Kernels.Best; level++)
            {
                Assert.True(expected == Hash(level, part), $"{level}, seed {Seed}, round {round}, {length} bytes");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public unsafe void Chunk_numbers_beyond_32_bits_agree_with_the_scalar_kernel(string kernel)
    {
        // Inputs of 4 TiB are too long for a test, so the last chunks of one are hashed as such.
        const ulong ChunksBefore = (1UL << 32) - 7;
        byte[] input = Pattern(34 * Blake3Spec.ChunkSizeInBytes + 700);
        byte[] expected = new byte[Hash256.SizeInBytes];
        byte[] actual = new byte[Hash256.SizeInBytes];
        uint[] key = Blake3Spec.Iv.ToArray();
        fixed (byte* start = input)
        fixed (uint* words = key)
        {
            for (int length = 500; length <= input.Length; length += 1000)
            {
                Blake3Tree.Finish(
                    Blake3Level.Scalar, start, length, ChunksBefore, words, 0, null, 0, out Blake3Node scalarRoot);
                Blake3Tree.Finish(
                    Enum.Parse<Blake3Level>(kernel), start, length, ChunksBefore, words, 0, null, 0,
                    out Blake3Node root);
                scalarRoot.WriteExtended(Blake3Level.Scalar, expected);
                root.WriteExtended(Blake3Level.Scalar, actual);
                Assert.Equal(expected, actual);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Pieces_of_any_size_make_the_hash_of_the_whole(string kernel)
    {
        Blake3Level level = Enum.Parse<Blake3Level>(kernel);
        const int Seed = 20263;
        Random random = new(Seed);
        byte[] input = new byte[3 << 18];
        random.NextBytes(input);
        Blake3Hasher hasher = Hasher(level);
        for (int round = 0; round < 60; round++)
        {
            int length = random.Next(1 << random.Next(1, 19)) * 3;
            int pieceMax = 1 << random.Next(4, 21);
            hasher.Reset();
            for (int start = 0; start < length;)
            {
                int size = Math.Min(random.Next(pieceMax), length - start);
                hasher.Append(input.AsSpan(start, size));
                start += size;
            }
            Assert.True(
                Hash(level, input.AsSpan(0, length)) == hasher.Finish(),
                $"seed {Seed}, round {round}, {length} bytes in pieces below {pieceMax}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_537)]
    [InlineData(5_000_000)]
    public void The_b3sum_program_agrees(int length)
    {
        byte[] input = Pattern(length);
        string path = Path.Combine(Path.GetTempPath(), $"ebla-b3sum-{Environment.ProcessId}-{length}");
        File.WriteAllBytes(path, input);
        try
        {
            ProcessStartInfo start = new("b3sum", ["--no-names", path]) { RedirectStandardOutput = true };
            using Process program = Process.Start(start)!;
            string output = program.StandardOutput.ReadToEnd().Trim();
            program.WaitForExit();
            Assert.Equal(0, program.ExitCode);
            Assert.Equal(output, Blake3.Hash(input).ToString());
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            Assert.Fail($"b3sum did not start; install the package b3sum. {missing.Message}");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Finishing_takes_nothing_away()
    {
        byte[] input = Pattern(700_000);
        Blake3Hasher hasher = new();
        hasher.Append(input.AsSpan(0, 650_001));
        Assert.Equal(Blake3.Hash(input.AsSpan(0, 650_001)), hasher.Finish());
        Assert.Equal(Blake3.Hash(input.AsSpan(0, 650_001)), hasher.Finish());
        hasher.Append(input.AsSpan(650_001));
        Assert.Equal(Blake3.Hash(input), hasher.Finish());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_key_of_another_length_is_refused(int length)
    {
        Assert.Throws<ArgumentException>(() => Blake3.HashKeyed(new byte[length], []));
        Assert.Throws<ArgumentException>(() => Blake3Hasher.CreateKeyed(new byte[length]));
    }

    [Fact]
    public void Hashing_in_one_go_allocates_nothing()
    {
        byte[] input = Pattern(1 << 20);
        byte[] key = new byte[Blake3.KeySizeInBytes];
        int[] lengths = [0, 64, 1000, 5000, 1 << 20];
        Blake3.HashKeyed(key, input);
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (int length in lengths)
        {
            Blake3.HashKeyed(key, input.AsSpan(0, length));
        }
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(0, allocated);
    }

    private static Hash256 Hash(Blake3Level level, ReadOnlySpan<byte> input)
        => Blake3.Hash(level, MemoryMarshal.AsBytes(Blake3Spec.Iv), 0, input);

    private static Blake3Hasher Hasher(Blake3Level level)
        => new(level, MemoryMarshal.AsBytes(Blake3Spec.Iv), 0);

    private static void AssertFinishes(byte[] expected, Blake3Hasher hasher, byte[] input)
    {
        hasher.Append(input);
        Assert.Equal(Hash256.Read(expected), hasher.Finish());
        byte[] output = new byte[expected.Length];
        hasher.Finish(output);
        Assert.Equal(expected, output);
    }

    private static Hash256 Reference(byte[] input, byte[]? key)
    {
        Blake3Digest digest = new(256);
        if (key is not null)
        {
            digest.Init(Blake3Parameters.Key(key));
        }
        digest.BlockUpdate(input, 0, input.Length);
        byte[] output = new byte[Hash256.SizeInBytes];
        digest.DoFinal(output, 0);
        return Hash256.Read(output);
    }

    private static byte[] Pattern(int length)
    {
        byte[] input = new byte[length];
        for (int i = 0; i < length; i++)
        {
            input[i] = (byte)(i % 251);
        }
        return input;
    }
}
