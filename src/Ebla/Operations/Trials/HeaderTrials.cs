using Ebla.Backends;
using Ebla.Primitives;

namespace Ebla.Operations.Trials;

/// <summary>What makes a repository: a header that is created once.</summary>
internal static class HeaderTrials
{
    private const int HeaderSizeInBytes = 500;
    private const int Racers = 6;

    /// <summary>The first trial: whether we are let in, and whether a place that nobody used is empty.</summary>
    public static async Task<TrialOutcome> FreshPlaceAsync(TrialGround ground, CancellationToken cancellationToken)
    {
        IBackend backend = ground.Main.Writer;
        BrokenPromiseException.ThrowUnless(
            await backend.ReadHeaderAsync(cancellationToken).ConfigureAwait(false) is null, "a header where none was put");
        foreach (ObjectKind kind in RepositoryLayout.Kinds)
        {
            int count = (await TrialPlace.ListAsync(backend, kind, cancellationToken).ConfigureAwait(false)).Count;
            BrokenPromiseException.ThrowUnless(count == 0, $"{count} objects where none was put");
        }
        return TrialOutcome.Holds("the store answers; a new place is empty");
    }

    public static async Task<TrialOutcome> ReadBackAsync(TrialGround ground, CancellationToken cancellationToken)
    {
        // There is one if the line broke right after it was made, and this is tried again.
        byte[]? header = await ground.Main.Writer.ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
        if (header is null)
        {
            header = ground.NewObject(HeaderSizeInBytes).Content;
            await ground.Main.Writer.CreateHeaderAsync(header, cancellationToken).ConfigureAwait(false);
        }
        await ExpectAsync(ground.Main.Writer, header, "who wrote it", cancellationToken).ConfigureAwait(false);
        await ExpectAsync(ground.Main.Reader, header, "another connection", cancellationToken).ConfigureAwait(false);
        return TrialOutcome.Holds("written, and read by another connection");
    }

    public static async Task<TrialOutcome> ConditionalAsync(TrialGround ground, CancellationToken cancellationToken)
    {
        byte[] before = await ground.Main.Reader.ReadHeaderAsync(cancellationToken).ConfigureAwait(false)
            ?? throw new BrokenPromiseException("the header that was there is gone");
        foreach (IBackend backend in (IBackend[])[ground.Main.Writer, ground.Main.Reader])
        {
            bool isRefused = false;
            try
            {
                await backend.CreateHeaderAsync(ground.NewObject(HeaderSizeInBytes).Content, cancellationToken).ConfigureAwait(false);
            }
            catch (RepositoryExistsException)
            {
                isRefused = true;
            }
            BrokenPromiseException.ThrowUnless(isRefused, "a second header was accepted where there was one");
        }
        await ExpectAsync(ground.Main.Reader, before, "another connection, after a second one was refused", cancellationToken)
            .ConfigureAwait(false);
        return TrialOutcome.Holds("a second header is refused, the first stays");
    }

    public static async Task<TrialOutcome> RaceAsync(TrialGround ground, CancellationToken cancellationToken)
    {
        int rounds = ground.Choose(quick: 1, otherwise: 4);
        bool isPromised = true;
        int winnersMax = 0;
        for (int round = 0; round < rounds; round++)
        {
            TrialPlace place = ground.NewPlace();
            byte[][] headers = [.. Enumerable.Range(0, Racers).Select(_ => ground.NewObject(HeaderSizeInBytes).Content)];
            IBackend[] racers = [.. headers.Select(_ => place.Open())];
            bool[] hasWon = await Task.WhenAll(racers.Select((racer, number) => RaceAsync(racer, headers[number], cancellationToken)))
                .ConfigureAwait(false);
            // Some stores find out when they are asked to create one.
            isPromised &= racers.All(static racer => racer.Capabilities.CanCreateHeaderOnce);
            int winners = hasWon.Count(static won => won);
            winnersMax = Math.Max(winnersMax, winners);
            if (!isPromised)
            {
                continue;
            }
            BrokenPromiseException.ThrowUnless(winners == 1, $"of {Racers} who made a header at once {winners} were told that theirs is it");
            await ExpectAsync(place.Reader, headers[Array.IndexOf(hasWon, true)], "another connection, of who won the race", cancellationToken)
                .ConfigureAwait(false);
        }
        return isPromised
            ? TrialOutcome.Holds($"of {Racers} at once exactly one wins, {rounds} of {rounds} times")
            : TrialOutcome.NotOffered($"of {Racers} at once up to {winnersMax} were told that they won: "
                + "let nobody run 'ebla init' at the same place at the same moment");
    }

    private static async Task<bool> RaceAsync(IBackend backend, byte[] header, CancellationToken cancellationToken)
    {
        // Connected before the race begins, or who connects first wins.
        _ = await backend.ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
        await Task.Yield();
        try
        {
            await backend.CreateHeaderAsync(header, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RepositoryExistsException)
        {
            return false;
        }
    }

    private static async Task ExpectAsync(IBackend backend, byte[] header, string reader, CancellationToken cancellationToken)
    {
        byte[]? found = await backend.ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
        BrokenPromiseException.ThrowUnless(found is not null, $"the header is missing for {reader}");
        BrokenPromiseException.ThrowUnless(found.AsSpan().SequenceEqual(header), $"the header is another one for {reader}");
    }
}
