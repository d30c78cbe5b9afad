using Ebla.Backends;
using Ebla.Primitives;

namespace Ebla.Operations.Trials;

/// <summary>Listings, deletions, and many objects.</summary>
internal static class ListingTrials
{
    /// <summary>Listings are whole, and at once: what was flushed is in the next one, what was deleted is not.</summary>
    public static async Task<TrialOutcome> ListAfterPutAsync(TrialGround ground, CancellationToken cancellationToken)
    {
        int rounds = ground.Choose(quick: 5, otherwise: 20);
        HashSet<ObjectInfo> expected = [.. await ListAsync(ground.Main.Reader, ObjectKind.Index, cancellationToken).ConfigureAwait(false)];
        for (int round = 0; round < rounds; round++)
        {
            TrialObject item = ground.NewObject(round * 10, ObjectKind.Index);
            await ground.Main.PutAllAsync([item], requestsInFlight: 1, cancellationToken).ConfigureAwait(false);
            _ = expected.Add(item.Info);
            foreach (IBackend backend in (IBackend[])[ground.Main.Reader, ground.Main.Writer])
            {
                List<ObjectInfo> found = await ListAsync(backend, ObjectKind.Index, cancellationToken).ConfigureAwait(false);
                Compare(expected, found, "right after it was flushed");
            }
        }
        return TrialOutcome.Holds($"what was flushed is in the next listing, {rounds} of {rounds} times");
    }

    /// <summary>Many small objects, put many at once, all listed: stores give listings in pages, of 1000 as a rule.</summary>
    public static async Task<TrialOutcome> ManyAsync(TrialGround ground, CancellationToken cancellationToken)
    {
        int count = ground.Choose(quick: 150, otherwise: 1100);
        HashSet<ObjectInfo> expected = [.. await ListAsync(ground.Main.Reader, ObjectKind.Session, cancellationToken).ConfigureAwait(false)];
        TrialObject[] items = [.. Enumerable.Range(0, count).Select(number => ground.NewObject(1 + (number * 37 % 900), ObjectKind.Session))];
        long start = ground.Time.GetTimestamp();
        await ground.Main.PutAllAsync(items, ground.Options.RequestsInFlight, cancellationToken).ConfigureAwait(false);
        double perSecond = count / Math.Max(ground.Time.GetElapsedTime(start).TotalSeconds, 0.001);
        expected.UnionWith(items.Select(static item => item.Info));
        Compare(expected, await ListAsync(ground.Main.Reader, ObjectKind.Session, cancellationToken).ConfigureAwait(false), "among many");
        return TrialOutcome.Holds($"{count} of them, all listed; {perSecond:F0} a second put");
    }

    /// <summary>A deletion deletes, or the store says that it does not.</summary>
    public static async Task<TrialOutcome> DeleteAsync(TrialGround ground, CancellationToken cancellationToken)
    {
        TrialPlace place = ground.Main;
        TrialObject kept = ground.NewObject(2_000, ObjectKind.Condemned);
        TrialObject deleted = ground.NewObject(2_000, ObjectKind.Condemned);
        await place.PutAllAsync([kept, deleted], requestsInFlight: 1, cancellationToken).ConfigureAwait(false);
        try
        {
            await place.Writer.DeleteAsync(deleted.Name, cancellationToken).ConfigureAwait(false);
        }
        catch (EblaException exception) when (exception is AccessDeniedException or BackendException { IsTransient: false })
        {
            await ObjectTrials.ExpectAsync(place.Reader, deleted, "another connection, after its deletion was refused", cancellationToken)
                .ConfigureAwait(false);
            return TrialOutcome.NotOffered("refused: an append-only store. Nobody can take backups away, 'prune' neither");
        }
        await place.Writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        foreach (IBackend backend in (IBackend[])[place.Reader, place.Writer])
        {
            BrokenPromiseException.ThrowUnless(
                await backend.GetSizeAsync(deleted.Name, cancellationToken).ConfigureAwait(false) is null
                    && !await backend.GetAsync(deleted.Name, 0, new byte[1], null, cancellationToken).ConfigureAwait(false),
                "an object is still there after its deletion was confirmed");
            List<ObjectInfo> found = await ListAsync(backend, ObjectKind.Condemned, cancellationToken).ConfigureAwait(false);
            BrokenPromiseException.ThrowUnless(!found.Contains(deleted.Info), "an object is still listed after its deletion was confirmed");
            BrokenPromiseException.ThrowUnless(found.Contains(kept.Info), "an object is no longer listed after another one was deleted");
        }
        await place.Writer.DeleteAsync(deleted.Name, cancellationToken).ConfigureAwait(false);
        await place.PutAllAsync([deleted], requestsInFlight: 1, cancellationToken).ConfigureAwait(false);
        await ObjectTrials.ExpectAsync(place.Reader, deleted, "another connection, after it was deleted and put again", cancellationToken)
            .ConfigureAwait(false);
        return TrialOutcome.Holds("what is deleted is gone at once; it can be put again");
    }

    private static Task<List<ObjectInfo>> ListAsync(IBackend backend, ObjectKind kind, CancellationToken cancellationToken)
        => TrialPlace.ListAsync(backend, kind, cancellationToken);

    private static void Compare(HashSet<ObjectInfo> expected, List<ObjectInfo> found, string when)
    {
        HashSet<ObjectInfo> distinct = [.. found];
        ObjectInfo[] forgotten = [.. expected.Except(distinct)];
        BrokenPromiseException.ThrowUnless(
            forgotten.Length == 0, $"{forgotten.Length} of {expected.Count} objects are not listed, or with another size, {when}");
        BrokenPromiseException.ThrowUnless(distinct.Count == found.Count, $"{found.Count - distinct.Count} objects are listed twice, {when}");
        BrokenPromiseException.ThrowUnless(
            distinct.Count == expected.Count, $"{distinct.Count - expected.Count} objects are listed that nobody put, {when}");
    }
}
