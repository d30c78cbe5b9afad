using System.Globalization;
using System.Text;

namespace Ebla.Notes;

/// <summary>
/// A length of time as people mean it: a month and a day are as long as the calendar says where they fall, an hour is 3600 seconds.
/// </summary>
/// <param name="Months">Calendar months; a year is 12.</param>
/// <param name="Days">Days of the clock on the wall; a week is 7.</param>
/// <param name="Hours">Hours of 3600 seconds.</param>
public readonly record struct CalendarSpan(int Months, int Days, int Hours)
{
    /// <summary>The most of each part.</summary>
    public const int PartMax = 1_000_000;

    /// <summary>Whether it has a length, and no part is out of range.</summary>
    public bool IsValid => Months is >= 0 and <= PartMax && Days is >= 0 and <= PartMax && Hours is >= 0 and <= PartMax
        && (Months > 0 || Days > 0 || Hours > 0);

    /// <summary>Reads 30d, 2w, 1y6m, 1y2m3w4d5h: each unit at most once, the greater first.</summary>
    /// <returns>Null if it is no such text.</returns>
    public static CalendarSpan? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        const string Units = "ymwdh";
        long[] counts = new long[Units.Length];
        int next = 0;
        for (int at = 0; at < text.Length;)
        {
            int end = at;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
            {
                end++;
            }
            int unit = end < text.Length ? Units.IndexOf(text[end], StringComparison.Ordinal) : -1;
            if (unit < next || !int.TryParse(text.AsSpan(at, end - at), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
                || count > PartMax)
            {
                return null;
            }
            counts[unit] = count;
            next = unit + 1;
            at = end + 1;
        }
        (long months, long days, long hours) = (12 * counts[0] + counts[1], 7 * counts[2] + counts[3], counts[4]);
        CalendarSpan span = new((int)Math.Min(months, PartMax + 1), (int)Math.Min(days, PartMax + 1), (int)hours);
        return span.IsValid ? span : null;
    }

    /// <summary>As it can be read again: <c>1y6m</c>, <c>30d</c>.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        foreach ((int count, char unit) in (ReadOnlySpan<(int, char)>)[(Months / 12, 'y'), (Months % 12, 'm'), (Days, 'd'), (Hours, 'h')])
        {
            if (count > 0)
            {
                _ = text.Append(CultureInfo.InvariantCulture, $"{count}{unit}");
            }
        }
        return text.ToString();
    }
}
