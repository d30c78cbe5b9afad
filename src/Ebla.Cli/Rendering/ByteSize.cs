using System.Globalization;

namespace Ebla.Cli.Rendering;

/// <summary>Sizes as people write them: 1024-based, 5.6 GiB.</summary>
internal static class ByteSize
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>Three digits at least from 1 KiB on: 1.0 KiB, 23.4 MiB, 567 GiB.</summary>
    public static string Format(double sizeInBytes)
    {
        int unit = 0;
        // 1023.95 would be shown as 1024.0.
        while (unit < Units.Length - 1 && Math.Abs(sizeInBytes) >= (unit == 0 ? 1024 : 1023.5))
        {
            sizeInBytes /= 1024;
            unit++;
        }
        string format = unit == 0 || Math.Abs(sizeInBytes) >= 99.95 ? "0" : "0.0";
        return $"{sizeInBytes.ToString(format, CultureInfo.InvariantCulture)} {Units[unit]}";
    }

    /// <summary>Reads "256KiB", "256 K", "1M", "65536". K, KB and KiB all mean 1024.</summary>
    /// <returns>Null if it is no size, or too large.</returns>
    public static long? TryParse(string text)
    {
        string trimmed = text.Trim();
        int digits = trimmed.TakeWhile(char.IsAsciiDigit).Count();
        if (digits == 0 || !long.TryParse(trimmed[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out long number))
        {
            return null;
        }
        string unit = trimmed[digits..].TrimStart();
        int power = Array.FindIndex(Units, candidate => unit.Equals(candidate, StringComparison.OrdinalIgnoreCase)
            || (candidate.Length == 3 && (unit.Equals(candidate[..1], StringComparison.OrdinalIgnoreCase)
                || unit.Equals($"{candidate[0]}B", StringComparison.OrdinalIgnoreCase))));
        if (unit.Length == 0)
        {
            return number;
        }
        return power >= 0 && number <= long.MaxValue >> (10 * power) ? number << (10 * power) : null;
    }
}
