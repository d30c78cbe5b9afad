using Ebla.Backends.Traffic;

namespace Ebla.Cli.Rendering;

/// <summary>What went over the line, for people.</summary>
internal static class TrafficLine
{
    public static string Of(TrafficCounts counts)
        => $"store: {Count.Of(counts.Requests, "request")} ({counts.Puts} put, {counts.Gets} get, {counts.Lists} list, "
            + $"{counts.Deletes} delete, {counts.Others} other), {ByteSize.Format(counts.SentInBytes)} sent, "
            + $"{ByteSize.Format(counts.ReceivedInBytes)} received, {counts.Retries} tried again";
}
