using System.Security.Cryptography;
using Ebla.Chunking;
using Xunit;

namespace Ebla.Tests.Chunking;

public sealed class ChunkerTests
{
    private const int KiB = 1024;

    private static readonly ChunkerParameters Small = ChunkerParameters.ForAverage(16 * KiB);

    private static readonly ChunkerParameters Smallest = new()
    {
        MinSizeInBytes = 64,
        AverageSizeInBytes = 16 * KiB,
        MaxSizeInBytes = 32 * KiB,
    };

    public static TheoryData<string, string, string> Vectors()
    {
        TheoryData<string, string, string> vectors = [];
        foreach (string line in File.ReadLines(SourceFile("chunker-vectors.txt")).Where(line => line[0] != '#'))
        {
            string[] columns = line.Split("; ");
            vectors.Add(columns[0], columns[1], columns[2]);
        }
        return vectors;
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Cuts_are_those_of_the_independent_reference(string input, string sizes, string expectedEnds)
    {
        int[] size = [.. sizes.Split(' ').Select(text => int.Parse(text, null))];
        ChunkerParameters parameters = new()
        {
            MinSizeInBytes = size[0],
            AverageSizeInBytes = size[1],
            MaxSizeInBytes = size[2],
        };

        Assert.Equal(expectedEnds, string.Join(' ', Ends(parameters, ChunkerInputs.Named(input))));
    }

    [Fact]
    public void Cuts_are_where_the_definition_says_for_every_length_of_scan()
    {
        // Method: the definition, word for word, with the sum instead of the recurrence. Odd minima move the lanes about.
        byte[] data = ChunkerInputs.Mixed(120 * KiB);
        foreach (int min in (int[])[64, 65, 1023, 8 * KiB])
        {
            ChunkerParameters parameters = Smallest with { MinSizeInBytes = min };
            int[] ends = Ends(parameters, data);
            int start = 0;
            foreach (int end in ends)
            {
                Assert.Equal(end - start, FirstCutByDefinition(parameters, data.AsSpan(start)));
                start = end;
            }
            Assert.Equal(data.Length, start);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Cuts_do_not_depend_on_how_the_input_is_split_into_reads(int seed)
    {
        byte[] data = ChunkerInputs.Mixed(600_000);
        foreach (ChunkerParameters parameters in (ChunkerParameters[])[Small, Smallest])
        {
            Random random = new(seed);
            int[] ends = EndsBySplitReads(parameters, data, () => random.Next(4) == 0 ? random.Next(40) : random.Next(30_000));

            Assert.Equal(Ends(parameters, data), ends);
        }
    }

    [Fact]
    public void A_cut_is_found_as_soon_as_its_last_byte_is_there_and_not_before()
    {
        byte[] data = ChunkerInputs.Random(100_000);
        Chunker<ChunkerInputs.Sha256Decision> chunker = ChunkerInputs.NewChunker(Small);
        int cut = chunker.FindCut(data, isEnd: true);
        Assert.InRange(cut, Small.MinSizeInBytes, Small.MaxSizeInBytes - 1);

        foreach (int length in Enumerable.Range(cut - 300, 300).Append(0).Append(64).Append(Small.MinSizeInBytes))
        {
            Assert.Equal(0, chunker.FindCut(data.AsSpan(0, length), isEnd: false));
            Assert.Equal(length, chunker.FindCut(data.AsSpan(0, length), isEnd: true));
        }
        foreach (int length in Enumerable.Range(cut, 300))
        {
            Assert.Equal(cut, chunker.FindCut(data.AsSpan(0, length), isEnd: false));
        }
    }

    [Fact]
    public void Every_chunk_but_the_last_keeps_to_the_limits_and_together_they_are_the_input()
    {
        foreach (byte[] data in (byte[][])
            [[], [1], ChunkerInputs.Random(63), ChunkerInputs.Random(6 * KiB), ChunkerInputs.Mixed(1 << 20)])
        {
            foreach (ChunkerParameters parameters in (ChunkerParameters[])[Small, Smallest])
            {
                int[] sizes = Sizes(Ends(parameters, data));

                Assert.Equal(data.Length, sizes.Sum());
                Assert.All(sizes, size => Assert.InRange(size, 1, parameters.MaxSizeInBytes));
                Assert.All(sizes.SkipLast(1), size => Assert.True(size >= parameters.MinSizeInBytes));
            }
        }
    }

    [Fact]
    public void Runs_of_any_one_byte_are_cut_at_the_maximum()
    {
        byte[] data = new byte[3 * Smallest.MaxSizeInBytes];
        for (int value = 0; value < 256; value++)
        {
            data.AsSpan().Fill((byte)value);
            Assert.Equal([1, 2, 3], Ends(Smallest, data).Select(end => end / Smallest.MaxSizeInBytes));
        }
    }

    [Theory]
    [InlineData(0, 6 * KiB)]
    [InlineData((1UL << 59) - 1, 6 * KiB)]
    [InlineData(1UL << 59, 9 * KiB)]
    [InlineData((1UL << 61) - 1, 9 * KiB)]
    [InlineData(1UL << 61, 64 * KiB)]
    [InlineData(ulong.MaxValue, 64 * KiB)]
    public void Where_every_point_is_proposed_the_decision_cuts_at_the_minimum_the_centre_or_the_maximum(
        ulong decision, int expectedCut)
    {
        // Method: an empty gear table makes every hash zero.
        Chunker<FixedDecision> chunker = new(Small, new ulong[256], new FixedDecision(decision));

        Assert.Equal(expectedCut, chunker.FindCut(ChunkerInputs.Random(65 * KiB), isEnd: true));
    }

    [Fact]
    public void Periodic_data_asks_for_few_decisions()
    {
        // Goal: data that proposes points all the time is no slower. Method: an all-zero table proposes every point.
        CountingDecision decision = new() { Count = new int[1] };
        Chunker<CountingDecision> chunker = new(Small, new ulong[256], decision);

        Assert.Equal(Small.MaxSizeInBytes, chunker.FindCut(new byte[Small.MaxSizeInBytes], isEnd: false));
        Assert.Equal(0, decision.Count[0]);

        // Periods of 1000 bytes mostly hold no proposed point, or one, which is decided once and not in each of the 60 periods.
        List<int> counts = [];
        for (ulong seed = 1; seed <= 20; seed++)
        {
            decision.Count[0] = 0;
            chunker = new Chunker<CountingDecision>(Small, [.. ChunkerInputs.SplitMix64(seed).Take(256)], decision);
            Assert.Equal(64 * KiB, chunker.FindCut(ChunkerInputs.Period(1000, 64 * KiB), isEnd: false));
            counts.Add(decision.Count[0]);
        }
        Assert.InRange(counts.Count(count => count == 1), 2, 15);
        Assert.All(counts, count => Assert.True(count is 0 or 1 or > 50, $"{count} decisions"));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(64)]
    [InlineData(256)]
    public void The_mean_size_on_random_data_is_the_average(int averageInKiB)
    {
        // The standard deviation of a size is half the average, so that of the mean of 250 is 3 %.
        ChunkerParameters parameters = ChunkerParameters.ForAverage(averageInKiB * KiB);
        byte[] data = ChunkerInputs.Random(Math.Min(250 * averageInKiB * KiB, 32 << 20));

        int[] sizes = Sizes(Ends(parameters, data));

        double mean = (double)data.Length / sizes.Length;
        double tolerance = 4 * 0.5 / Math.Sqrt(sizes.Length);
        Assert.InRange(mean / parameters.AverageSizeInBytes, 1 - tolerance, 1 + tolerance);
        double deviation = Math.Sqrt(sizes.Average(size => Math.Pow(size / mean - 1, 2)));
        Assert.InRange(deviation, 0.35, 0.65);
    }

    [Fact]
    public void The_mean_size_stays_near_the_average_for_any_minimum()
    {
        byte[] data = ChunkerInputs.Random(8 << 20);
        foreach (int min in (int[])[64, 2 * KiB, 4 * KiB, 8 * KiB])
        {
            ChunkerParameters parameters = Small with { MinSizeInBytes = min };
            double mean = (double)data.Length / Ends(parameters, data).Length;
            Assert.InRange(mean / parameters.AverageSizeInBytes, 0.88, 1.12);
        }
    }

    [Fact]
    public void A_small_edit_changes_few_chunks()
    {
        byte[] data = ChunkerInputs.Random(2 << 20);
        HashSet<string> before = ChunkHashes(Small, data);
        Random random = new(7);
        int newCount = 0;
        const int Edits = 20;
        for (int edit = 0; edit < Edits; edit++)
        {
            int at = random.Next(data.Length);
            byte[] edited = edit % 2 == 0
                ? [.. data[..at], (byte)edit, .. data[at..]]
                : [.. data[..at], .. data[Math.Min(at + 100, data.Length)..]];
            int count = ChunkHashes(Small, edited).Count(hash => !before.Contains(hash));
            Assert.InRange(count, 1, 12);
            newCount += count;
        }
        // The simulation behind the parameters says 1.4.
        Assert.InRange((double)newCount / Edits, 1, 2.5);
    }

    [Fact]
    public void Another_table_or_another_decision_cuts_elsewhere()
    {
        byte[] data = ChunkerInputs.Random(1 << 20);
        int[] ends = Ends(Small, data);
        Chunker<ChunkerInputs.Sha256Decision> otherTable = new(Small, [.. ChunkerInputs.SplitMix64(3).Take(256)], default);
        Chunker<OtherDecision> otherDecision = new(Small, ChunkerInputs.GearTable, default);

        Assert.InRange(ends.Intersect(Ends(otherTable, data)).Count(), 1, 3);
        Assert.InRange(ends.Intersect(Ends(otherDecision, data)).Count(), 1, 20);
    }

    [Theory]
    [InlineData(63, 16 * KiB, 64 * KiB)]
    [InlineData(8 * KiB + 1, 16 * KiB, 64 * KiB)]
    [InlineData(6 * KiB, 8 * KiB, 64 * KiB)]
    [InlineData(6 * KiB, 16 * KiB + 1, 64 * KiB)]
    [InlineData(6 * KiB, 16 << 20, 64 << 20)]
    [InlineData(6 * KiB, 16 * KiB, 32 * KiB - 1)]
    [InlineData(6 * KiB, 16 * KiB, 64 * KiB + 1)]
    [InlineData(0, 0, 0)]
    [InlineData(int.MinValue, int.MinValue, int.MinValue)]
    [InlineData(64, 1 << 23, int.MaxValue)]
    public void Sizes_outside_the_limits_are_refused(int min, int average, int max)
    {
        ChunkerParameters parameters = new() { MinSizeInBytes = min, AverageSizeInBytes = average, MaxSizeInBytes = max };

        Assert.Throws<ArgumentException>(parameters.Validate);
        Assert.Throws<ArgumentException>(() => ChunkerInputs.NewChunker(parameters));
    }

    [Fact]
    public void Every_average_that_is_allowed_has_valid_parameters()
    {
        for (int average = ChunkerParameters.AverageSizeMin; average <= ChunkerParameters.AverageSizeMax; average *= 2)
        {
            ChunkerParameters parameters = ChunkerParameters.ForAverage(average);
            parameters.Validate();
            Assert.Equal(average, parameters.AverageSizeInBytes);
        }
        Assert.Throws<ArgumentException>(() => ChunkerParameters.ForAverage(100_000));
        Assert.Throws<ArgumentException>(() => ChunkerParameters.ForAverage(8 * KiB));
        Assert.Throws<ArgumentException>(() => ChunkerParameters.ForAverage(16 << 20));
    }

    [Fact]
    public void A_table_of_the_wrong_length_is_refused()
        => Assert.Throws<ArgumentException>(() => new Chunker<ChunkerInputs.Sha256Decision>(Small, new ulong[255], default));

    private static int FirstCutByDefinition(ChunkerParameters parameters, ReadOnlySpan<byte> data)
    {
        int centre = (3 * parameters.AverageSizeInBytes / 4) - (parameters.MinSizeInBytes / 2);
        for (int point = parameters.MinSizeInBytes; point < Math.Min(data.Length, parameters.MaxSizeInBytes); point++)
        {
            ReadOnlySpan<byte> window = data.Slice(point - 64, 64);
            ulong hash = 0;
            for (int back = 0; back < 64; back++)
            {
                hash = unchecked(hash + (ChunkerInputs.GearTable[window[63 - back]] << back));
            }
            if ((UInt128)hash * (ulong)parameters.AverageSizeInBytes < (UInt128)16 << 64
                && window.ToArray().Distinct().Count() > 1
                && default(ChunkerInputs.Sha256Decision).Decide(window) < (point < centre ? 1UL << 59 : 1UL << 61))
            {
                return point;
            }
        }
        return Math.Min(data.Length, parameters.MaxSizeInBytes);
    }

    private static int[] Ends(ChunkerParameters parameters, byte[] data) => Ends(ChunkerInputs.NewChunker(parameters), data);

    private static int[] Ends<TDecision>(Chunker<TDecision> chunker, byte[] data)
        where TDecision : struct, ICutDecision
    {
        List<int> ends = [];
        for (int start = 0; start < data.Length;)
        {
            start += chunker.FindCut(data.AsSpan(start), isEnd: true);
            ends.Add(start);
        }
        return [.. ends];
    }

    private static int[] EndsBySplitReads(ChunkerParameters parameters, byte[] data, Func<int> nextReadSize)
    {
        Chunker<ChunkerInputs.Sha256Decision> chunker = ChunkerInputs.NewChunker(parameters);
        List<int> ends = [];
        int start = 0;
        int read = 0;
        while (start < data.Length)
        {
            bool isEnd = read == data.Length;
            int cut = chunker.FindCut(data.AsSpan(start, read - start), isEnd);
            if (cut == 0)
            {
                Assert.False(isEnd);
                read = Math.Min(data.Length, read + nextReadSize());
                continue;
            }
            start += cut;
            ends.Add(start);
        }
        return [.. ends];
    }

    private static int[] Sizes(int[] ends) => [.. ends.Select((end, index) => index == 0 ? end : end - ends[index - 1])];

    private static HashSet<string> ChunkHashes(ChunkerParameters parameters, byte[] data)
    {
        HashSet<string> hashes = [];
        int start = 0;
        foreach (int end in Ends(parameters, data))
        {
            hashes.Add(Convert.ToHexString(SHA256.HashData(data.AsSpan(start, end - start))));
            start = end;
        }
        return hashes;
    }

    /// <summary>A file beside this one, found from the folder of the solution: builds do not keep source paths.</summary>
    private static string SourceFile(string name)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Ebla.slnx")))
        {
            folder = folder.Parent;
        }
        Assert.NotNull(folder);
        return Path.Combine(folder.FullName, "tests", "Ebla.Tests", "Chunking", name);
    }

    private readonly struct OtherDecision : ICutDecision
    {
        public ulong Decide(ReadOnlySpan<byte> window) => ~default(ChunkerInputs.Sha256Decision).Decide(window);
    }

    private readonly struct FixedDecision(ulong value) : ICutDecision
    {
        public ulong Decide(ReadOnlySpan<byte> window) => value;
    }

    /// <summary>Never cuts.</summary>
    private readonly struct CountingDecision : ICutDecision
    {
        public required int[] Count { get; init; }

        public ulong Decide(ReadOnlySpan<byte> window)
        {
            Count[0]++;
            return ulong.MaxValue;
        }
    }
}
