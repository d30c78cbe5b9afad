using System.Globalization;

namespace Ebla.Operations.Backups.Sentinels;

/// <summary>How much of the unmodified files each backup reads again, to see whether their content is still what was backed up.</summary>
public sealed record SentinelShare
{
    private SentinelShare()
    {
    }

    /// <summary>None.</summary>
    public static SentinelShare Off { get; } = new();

    /// <summary>One of 30: with a backup each day, every file once a month.</summary>
    public static SentinelShare Default { get; } = OneOf(30);

    /// <summary>One of this many files, so that as many backups read each file once; null if not set so.</summary>
    public long? Divisor { get; private init; }

    /// <summary>About this many bytes in each backup; null if not set so.</summary>
    public long? SizeInBytes { get; private init; }

    /// <summary>One of so many files. 1 for all.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public static SentinelShare OneOf(long divisor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(divisor, 1);
        return new SentinelShare { Divisor = divisor };
    }

    /// <summary>So many bytes on average: files are read whole, so single backups read more or less.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public static SentinelShare Budget(long sizeInBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sizeInBytes, 1);
        return new SentinelShare { SizeInBytes = sizeInBytes };
    }

    /// <inheritdoc/>
    public override string ToString() => Divisor is { } divisor
        ? $"1/{divisor.ToString(CultureInfo.InvariantCulture)}"
        : SizeInBytes?.ToString(CultureInfo.InvariantCulture) ?? "off";
}
