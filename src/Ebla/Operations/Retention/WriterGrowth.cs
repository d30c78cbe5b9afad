using Ebla.Notes;
using Ebla.Primitives;

namespace Ebla.Operations.Retention;

/// <summary>
/// How many snapshots a writer had added and had forgotten from one forget to the next, as the notes tell: what is usual for it. No clock.
/// </summary>
/// <param name="Added">Since the last forget; null if there was none that counted this writer.</param>
/// <param name="UsuallyAdded">The most of the last times; null if there were none.</param>
/// <param name="UsuallyForgotten">The most that one forget took of the last times; null if there were none.</param>
internal sealed record WriterGrowth(long? Added, long? UsuallyAdded, long? UsuallyForgotten)
{
    private const int TimesMax = 10;

    /// <summary>Reads the notes of one writer.</summary>
    /// <param name="forgets">All notes that forget, by number.</param>
    /// <param name="writer">The writer.</param>
    /// <param name="count">How many of its snapshots count now.</param>
    public static WriterGrowth Of(IReadOnlyList<Note> forgets, MemberId writer, long count)
    {
        List<long> added = [];
        List<long> forgotten = [];
        long? before = null;
        foreach (Note note in forgets)
        {
            if (note.Remaining.Where(one => one.Writer == writer).Select(one => (long?)Math.Min(one.Count, long.MaxValue / 2)).FirstOrDefault()
                is not { } remaining)
            {
                continue;
            }
            int taken = note.Forgotten.Count(one => one.Writer == writer);
            if (before is { } last)
            {
                added.Add(remaining + taken - last);
            }
            if (taken > 0)
            {
                forgotten.Add(taken);
            }
            before = remaining;
        }
        return new WriterGrowth(before is { } kept ? count - kept : null, MostOf(added), MostOf(forgotten));
    }

    private static long? MostOf(List<long> values) => values.Count == 0 ? null : values.TakeLast(TimesMax).Max();
}
