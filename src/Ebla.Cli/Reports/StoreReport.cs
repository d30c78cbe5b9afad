using Ebla.Cli.Invocation;

namespace Ebla.Cli.Reports;

/// <summary>What went over the line to the store.</summary>
/// <param name="Requests">Calls of any kind.</param>
/// <param name="BytesSent">Of objects.</param>
/// <param name="BytesReceived">Of objects.</param>
/// <param name="Retries">Calls made again after a failure.</param>
internal sealed record StoreReport(long Requests, long BytesSent, long BytesReceived, long Retries)
{
    /// <summary>Until now.</summary>
    public static StoreReport? Of(CommandContext context) => context.Store.Traffic is not { } counts
        ? null
        : new StoreReport(counts.Requests, counts.SentInBytes, counts.ReceivedInBytes, counts.Retries);
}
