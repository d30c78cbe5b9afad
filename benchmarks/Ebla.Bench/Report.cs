using System.Diagnostics;

namespace Ebla.Bench;

/// <summary>
/// Times an action and prints its throughput: the best of several slices, since the machine is shared.
/// </summary>
internal sealed class Report(TextWriter output)
{
    private const int Slices = 7;

    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(150);

    /// <summary>
    /// Runs <paramref name="action"/> again and again, and prints GB/s for <paramref name="sizeInBytes"/> bytes a run.
    /// </summary>
    public void Measure(string what, long sizeInBytes, Action action)
    {
        action();
        double best = 0;
        for (int slice = 0; slice < Slices; slice++)
        {
            long runs = 0;
            long start = Stopwatch.GetTimestamp();
            do
            {
                action();
                runs++;
            }
            while (Stopwatch.GetElapsedTime(start) < Slice);
            best = Math.Max(best, runs * sizeInBytes / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9);
        }
        output.WriteLine($"{what,-60} {best,8:F2} GB/s");
    }

    /// <summary>
    /// Runs <paramref name="action"/> some times, each followed by <paramref name="after"/>, and prints the best count for each
    /// second of CPU (of the process, kernel included: system calls are most of it).
    /// </summary>
    public void MeasureCount(string what, long count, string unit, Action action, Action? after = null)
    {
        action();
        after?.Invoke();
        double best = 0;
        for (int slice = 0; slice < Slices; slice++)
        {
            TimeSpan start = Environment.CpuUsage.TotalTime;
            action();
            best = Math.Max(best, count / (Environment.CpuUsage.TotalTime - start).TotalSeconds);
            after?.Invoke();
        }
        output.WriteLine($"{what,-60} {best,8:N0} {unit}/s");
    }
}
