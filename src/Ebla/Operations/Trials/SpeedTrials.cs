using System.Globalization;
using Ebla.Primitives;

namespace Ebla.Operations.Trials;

/// <summary>How long a question takes, and how many bytes a second pass, one request at a time and many.</summary>
internal static class SpeedTrials
{
    // A quarter of a pack, so that many at once stay small in memory.
    private const int ObjectInBytes = 4 << 20;

    private const double MiB = 1 << 20;

    // So long, or so many bytes, whatever comes first.
    private static readonly TimeSpan QuickTime = TimeSpan.FromSeconds(1), Time = TimeSpan.FromSeconds(4);

    public static async Task<TrialOutcome> LatencyAsync(TrialGround ground, CancellationToken cancellationToken)
    {
        TrialPlace place = ground.Main;
        TrialObject item = ground.NewObject(100);
        await place.PutAllAsync([item], requestsInFlight: 1, cancellationToken).ConfigureAwait(false);
        int count = ground.Choose(quick: 20, otherwise: 100);
        TimeSpan[] questions = new TimeSpan[count], puts = new TimeSpan[count / 4];
        _ = await place.Reader.GetSizeAsync(item.Name, cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < count; i++)
        {
            long start = ground.Time.GetTimestamp();
            _ = await place.Reader.GetSizeAsync(item.Name, cancellationToken).ConfigureAwait(false);
            questions[i] = ground.Time.GetElapsedTime(start);
        }
        for (int i = 0; i < puts.Length; i++)
        {
            TrialObject small = ground.NewObject(1000, ObjectKind.Session);
            long start = ground.Time.GetTimestamp();
            await place.PutAllAsync([small], requestsInFlight: 1, cancellationToken).ConfigureAwait(false);
            puts[i] = ground.Time.GetElapsedTime(start);
        }
        ground.Measures = ground.Measures with
        {
            LatencyMedian = Quantile(questions, 0.5),
            Latency99 = Quantile(questions, 0.99),
            SmallPutMedian = Quantile(puts, 0.5),
        };
        return TrialOutcome.Holds(string.Create(
            CultureInfo.InvariantCulture,
            $"a question {Quantile(questions, 0.5).TotalMilliseconds:F1} ms (median), {Quantile(questions, 0.99).TotalMilliseconds:F1} ms (99 %); "
            + $"a small object put {Quantile(puts, 0.5).TotalMilliseconds:F1} ms"));
    }

    public static async Task<TrialOutcome> ThroughputAsync(TrialGround ground, CancellationToken cancellationToken)
    {
        int many = ground.Options.RequestsInFlight;
        List<TrialObject> stored = [];
        double upOne = await UploadAsync(ground, stored, 1, cancellationToken).ConfigureAwait(false);
        double upMany = await UploadAsync(ground, stored, many, cancellationToken).ConfigureAwait(false);
        double downOne = await DownloadAsync(ground, stored, 1, cancellationToken).ConfigureAwait(false);
        double downMany = await DownloadAsync(ground, stored, many, cancellationToken).ConfigureAwait(false);
        ground.Measures = ground.Measures with
        {
            RequestsInFlight = many,
            UploadOneBytesPerSecond = upOne,
            UploadManyBytesPerSecond = upMany,
            DownloadOneBytesPerSecond = downOne,
            DownloadManyBytesPerSecond = downMany,
        };
        return TrialOutcome.Holds(string.Create(
            CultureInfo.InvariantCulture,
            $"up {upOne / MiB:F1} MiB/s, with {many} at once {upMany / MiB:F1}; down {downOne / MiB:F1} and {downMany / MiB:F1}"));
    }

    private static async Task<double> UploadAsync(
        TrialGround ground, List<TrialObject> stored, int requestsInFlight, CancellationToken cancellationToken)
    {
        TimeSpan sum = TimeSpan.Zero;
        long bytes = 0;
        TimeSpan limit = ground.Options.IsQuick ? QuickTime : Time;
        do
        {
            // Made before the clock runs. Only the first rounds are kept for reading back, to stay small in memory.
            TrialObject[] items = [.. Enumerable.Range(0, Math.Max(requestsInFlight, 2)).Select(_ => ground.NewObject(ObjectInBytes))];
            long start = ground.Time.GetTimestamp();
            await ground.Main.PutAllAsync(items, requestsInFlight, cancellationToken).ConfigureAwait(false);
            sum += ground.Time.GetElapsedTime(start);
            bytes += items.Length * (long)ObjectInBytes;
            stored.AddRange(items.Take(Math.Max(0, 12 - stored.Count)));
        }
        while (sum < limit && bytes < ground.Choose(quick: 32 << 20, otherwise: 256 << 20));
        return bytes / Math.Max(sum.TotalSeconds, 0.000_001);
    }

    private static async Task<double> DownloadAsync(
        TrialGround ground, List<TrialObject> stored, int requestsInFlight, CancellationToken cancellationToken)
    {
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = requestsInFlight, CancellationToken = cancellationToken };
        TimeSpan limit = ground.Options.IsQuick ? QuickTime : Time;
        long start = ground.Time.GetTimestamp(), bytes = 0;
        do
        {
            await Parallel.ForEachAsync(stored, parallel, async (item, cancellation) =>
            {
                byte[]? content = await TrialPlace.GetAsync(ground.Main.Reader, item, cancellation).ConfigureAwait(false);
                BrokenPromiseException.ThrowUnless(item.Is(content), "an object was read back with other bytes, at full speed");
                _ = Interlocked.Add(ref bytes, item.Content.Length);
            }).ConfigureAwait(false);
        }
        while (ground.Time.GetElapsedTime(start) < limit && bytes < ground.Choose(quick: 32 << 20, otherwise: 256 << 20));
        return bytes / Math.Max(ground.Time.GetElapsedTime(start).TotalSeconds, 0.000_001);
    }

    private static TimeSpan Quantile(TimeSpan[] times, double share)
    {
        TimeSpan[] sorted = [.. times.Order()];
        return sorted[Math.Min((int)(share * sorted.Length), sorted.Length - 1)];
    }
}
