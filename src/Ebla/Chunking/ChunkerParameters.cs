using System.Numerics;

namespace Ebla.Chunking;

/// <summary>The sizes that chunker number 1 aims at. They are part of a repository's settings: other sizes, other cuts.</summary>
public sealed record ChunkerParameters
{
    /// <summary>The smallest average that can be asked for: 16 KiB.</summary>
    public const int AverageSizeMin = 16 << 10;

    /// <summary>The largest average that can be asked for: 8 MiB.</summary>
    public const int AverageSizeMax = 8 << 20;

    /// <summary>The bytes before a point that decide whether it is a cut point. No chunk but a file's last is shorter.</summary>
    public const int WindowSizeInBytes = 64;

    /// <summary>The largest <see cref="MaxSizeInBytes"/>, in averages.</summary>
    public const int MaxSizeInAveragesMax = 4;

    /// <summary>No chunk but the last of a file is shorter. 64 bytes to half the average.</summary>
    public required int MinSizeInBytes { get; init; }

    /// <summary>The mean size of chunks of random data, within a few per cent. A power of two, 16 KiB to 8 MiB.</summary>
    public required int AverageSizeInBytes { get; init; }

    /// <summary>No chunk is longer. Two to four times the average.</summary>
    public required int MaxSizeInBytes { get; init; }

    /// <summary>From this length on a chunk ends four times as readily.</summary>
    /// <value>
    /// 3/4 of the average less half the minimum, which makes the mean come out at the average: between the minimum and this
    /// length cuts come at half the rate 1/average, then at twice that rate.
    /// </value>
    internal int CentreSizeInBytes => AverageSizeInBytes / 4 * 3 - MinSizeInBytes / 2;

    /// <summary>The sizes recommended for an average: at least 3/8 and at most 4 times as long.</summary>
    /// <param name="averageSizeInBytes">A power of two, 16 KiB to 8 MiB.</param>
    /// <exception cref="ArgumentException">The average is not one of these.</exception>
    public static ChunkerParameters ForAverage(int averageSizeInBytes)
    {
        CheckAverage(averageSizeInBytes);
        return new ChunkerParameters
        {
            MinSizeInBytes = averageSizeInBytes / 8 * 3,
            AverageSizeInBytes = averageSizeInBytes,
            MaxSizeInBytes = averageSizeInBytes * MaxSizeInAveragesMax,
        };
    }

    /// <summary>Checks every limit.</summary>
    /// <exception cref="ArgumentException">A size is outside its limits. The message names it.</exception>
    public void Validate()
    {
        CheckAverage(AverageSizeInBytes);
        if (MinSizeInBytes < WindowSizeInBytes || MinSizeInBytes > AverageSizeInBytes / 2)
        {
            throw new ArgumentException(
                $"The minimum chunk size must be from {WindowSizeInBytes} bytes to half the average of "
                + $"{AverageSizeInBytes}; it is {MinSizeInBytes}.");
        }
        if (MaxSizeInBytes / 2 < AverageSizeInBytes || MaxSizeInBytes > AverageSizeInBytes * MaxSizeInAveragesMax)
        {
            throw new ArgumentException(
                $"The maximum chunk size must be from 2 to {MaxSizeInAveragesMax} times the average of "
                + $"{AverageSizeInBytes}; it is {MaxSizeInBytes}.");
        }
    }

    private static void CheckAverage(int averageSizeInBytes)
    {
        if (averageSizeInBytes is < AverageSizeMin or > AverageSizeMax || !BitOperations.IsPow2(averageSizeInBytes))
        {
            throw new ArgumentException(
                $"The average chunk size must be a power of two from {AverageSizeMin} to {AverageSizeMax} bytes; "
                + $"it is {averageSizeInBytes}.");
        }
    }
}
