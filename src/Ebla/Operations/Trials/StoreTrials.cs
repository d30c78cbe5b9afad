using System.Globalization;

namespace Ebla.Operations.Trials;

/// <summary>What cannot be tried by putting and getting, or only in part.</summary>
internal static class StoreTrials
{
    public static async Task<TrialOutcome> FreeSpaceAsync(TrialGround ground, CancellationToken cancellationToken)
        => await ground.Main.Reader.GetFreeSpaceInBytesAsync(cancellationToken).ConfigureAwait(false) is { } bytes
            ? TrialOutcome.Holds(string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 30):F1} GiB, says the store"))
            : TrialOutcome.NotOffered("the store does not tell");

    public static async Task<TrialOutcome> DurabilityAsync(TrialGround ground, CancellationToken cancellationToken)
    {
        TrialObject item = ground.NewObject(100_000);
        await ground.Main.PutAllAsync([item], requestsInFlight: 1, cancellationToken).ConfigureAwait(false);
        // Some stores know it only after a flush.
        bool isPromised = ground.Main.Writer.Capabilities.IsDurableOnceFlushed;
        // As after a crash of this program: nothing is shared with the connection that put it.
        await ground.Main.DisposeAsync().ConfigureAwait(false);
        await ObjectTrials.ExpectAsync(ground.Main.Reader, item, "a new connection", cancellationToken).ConfigureAwait(false);
        return TrialOutcome.Unseen("what was flushed survives its connection; a power cut of the store cannot be tried from here"
            + (isPromised ? "" : ", and this kind of store promises nothing about one"));
    }

    // Nothing to try: the contract of stores has no times. Who checks our clock, as S3 does in signatures, has let us in by now.
    public static Task<TrialOutcome> ClockAsync(TrialGround ground, CancellationToken cancellationToken)
        => Task.FromResult(TrialOutcome.Unseen(
            "Ebla takes names, sizes and bytes from a store, never times; a store that checks our clock has let us in"));
}
