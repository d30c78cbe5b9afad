using System.Diagnostics;
using System.Security.Cryptography;
using Ebla.Primitives;

namespace Ebla.Encryption;

/// <summary>What a guess at a password costs: the memory and passes of Argon2id (RFC 9106), with one lane.</summary>
public sealed record KdfParameters
{
    /// <summary>The least that a new slot may use: 256 MiB.</summary>
    public const int MemoryInKibibytesMin = 256 * 1024;

    /// <summary>The most that a reader accepts: 4 GiB.</summary>
    public const int MemoryInKibibytesMax = 4 * 1024 * 1024;

    /// <summary>The most that a reader accepts.</summary>
    public const int PassesMax = 64;

    // What libsodium needs at least.
    internal const int ReadableMemoryInKibibytesMin = 8;

    // libsodium's "moderate" choice for 256 MiB.
    private const int CalibratedPassesMin = 3;

    private static readonly TimeSpan CalibrationTarget = TimeSpan.FromSeconds(1);

    private KdfParameters(int memoryInKibibytes, int passes, int memoryInKibibytesMin)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(memoryInKibibytes, memoryInKibibytesMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(memoryInKibibytes, MemoryInKibibytesMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(passes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(passes, PassesMax);
        MemoryInKibibytes = memoryInKibibytes;
        Passes = passes;
    }

    /// <summary>A chosen cost.</summary>
    /// <param name="memoryInKibibytes">From <see cref="MemoryInKibibytesMin"/> to
    /// <see cref="MemoryInKibibytesMax"/>.</param>
    /// <param name="passes">1 to <see cref="PassesMax"/>.</param>
    public KdfParameters(int memoryInKibibytes, int passes)
        : this(memoryInKibibytes, passes, MemoryInKibibytesMin)
    {
    }

    /// <summary>Memory that one guess needs.</summary>
    public int MemoryInKibibytes { get; }

    /// <summary>How often the memory is gone through.</summary>
    public int Passes { get; }

    /// <summary>Memory times passes, which is about the time.</summary>
    internal long Cost => (long)MemoryInKibibytes * Passes;

    /// <summary>256 MiB, and as many passes as take about a second on this machine, at least three.</summary>
    public static KdfParameters Calibrate()
    {
        KdfParameters onePass = new(MemoryInKibibytesMin, 1);
        byte[] output = new byte[Argon2id.OutputSizeInBytes];
        long start = Stopwatch.GetTimestamp();
        if (!Argon2id.TryDerive("calibration"u8, new byte[Argon2id.SaltSizeInBytes], onePass, output))
        {
            throw new CryptographicException("There is not enough memory to derive a key from a password: 256 MiB.");
        }
        double passes = CalibrationTarget / Stopwatch.GetElapsedTime(start);
        return new KdfParameters(
            MemoryInKibibytesMin, (int)Math.Clamp(Math.Round(passes), CalibratedPassesMin, PassesMax));
    }

    /// <summary>A cost as stored, within what readers accept; tests use it for cheap slots.</summary>
    internal static KdfParameters FromStored(ulong memoryInKibibytes, ulong passes)
        => memoryInKibibytes is >= ReadableMemoryInKibibytesMin and <= MemoryInKibibytesMax
            && passes is >= 1 and <= PassesMax
            ? new KdfParameters((int)memoryInKibibytes, (int)passes, ReadableMemoryInKibibytesMin)
            : throw new CorruptDataException(
                $"The cost of a password slot is out of range: {memoryInKibibytes} KiB, {passes} passes.");
}
