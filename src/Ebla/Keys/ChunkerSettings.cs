using System.Numerics;
using Ebla.Chunking;
using Ebla.Primitives;

namespace Ebla.Keys;

/// <summary>How a ring cuts files, fixed when the ring is made.</summary>
public sealed record ChunkerSettings
{
    /// <summary>The chunker with a secret Gear table.</summary>
    public const int GearNumber = 1;

    /// <summary>Smallest average: 16 KiB.</summary>
    public const int AverageSizeInBytesMin = 16 * 1024;

    /// <summary>Largest average: 8 MiB.</summary>
    public const int AverageSizeInBytesMax = 8 * 1024 * 1024;

    /// <summary>The average where none is asked for: 128 KiB, by measurement (docs/adr/0021-chunk-and-frame-sizes.md).</summary>
    public const int AverageSizeInBytesDefault = 128 * 1024;

    /// <summary>Smallest minimum: the 64 bytes that decide on a cut.</summary>
    public const int MinSizeInBytesMin = 64;

    /// <summary>Validates and keeps the sizes.</summary>
    /// <param name="minSizeInBytes">64 to half the average.</param>
    /// <param name="averageSizeInBytes">A power of two, 16 KiB to 8 MiB.</param>
    /// <param name="maxSizeInBytes">Two to four times the average.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of range.</exception>
    public ChunkerSettings(int minSizeInBytes, int averageSizeInBytes, int maxSizeInBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(averageSizeInBytes, AverageSizeInBytesMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(averageSizeInBytes, AverageSizeInBytesMax);
        ArgumentOutOfRangeException.ThrowIfNotEqual(
            BitOperations.IsPow2(averageSizeInBytes), true, nameof(averageSizeInBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(minSizeInBytes, MinSizeInBytesMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minSizeInBytes, averageSizeInBytes / 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSizeInBytes, averageSizeInBytes * 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxSizeInBytes, averageSizeInBytes * 4);
        MinSizeInBytes = minSizeInBytes;
        AverageSizeInBytes = averageSizeInBytes;
        MaxSizeInBytes = maxSizeInBytes;
    }

    /// <summary>The settings recommended for an average.</summary>
    /// <exception cref="ArgumentException">It is no power of two from 16 KiB to 8 MiB.</exception>
    public static ChunkerSettings ForAverage(int averageSizeInBytes)
    {
        ChunkerParameters sizes = ChunkerParameters.ForAverage(averageSizeInBytes);
        return new ChunkerSettings(sizes.MinSizeInBytes, sizes.AverageSizeInBytes, sizes.MaxSizeInBytes);
    }

    /// <summary>Which chunker.</summary>
    public int Number { get; } = GearNumber;

    /// <summary>Smallest chunk; only the last of a file may be smaller.</summary>
    public int MinSizeInBytes { get; }

    /// <summary>What chunks tend to.</summary>
    public int AverageSizeInBytes { get; }

    /// <summary>Largest chunk.</summary>
    public int MaxSizeInBytes { get; }

    /// <summary>The settings of stored numbers.</summary>
    internal static ChunkerSettings FromStored(ulong number, ulong min, ulong average, ulong max)
    {
        if (number != GearNumber)
        {
            throw new UnsupportedFormatException($"Chunker {number} is not known to this version of Ebla.");
        }
        try
        {
            return new ChunkerSettings(checked((int)min), checked((int)average), checked((int)max));
        }
        catch (Exception exception) when (exception is ArgumentOutOfRangeException or OverflowException)
        {
            throw new CorruptDataException("The chunk sizes of a ring are out of range.", exception);
        }
    }
}
