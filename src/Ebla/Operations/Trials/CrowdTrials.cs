using Ebla.Backends;
using Ebla.Primitives;

namespace Ebla.Operations.Trials;

/// <summary>What happens when much happens at once, and when a put is cut off.</summary>
internal static class CrowdTrials
{
    // Enough to be cut in the middle; more where that is through at once, as on a local disk.
    private const int CutInBytes = 3 << 20, LargeCutQuickInBytes = 8 << 20, LargeCutInBytes = 24 << 20;

    private const int TidyTurnsMax = 20, RacesLostMax = 4;

    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(20), TidyTurn = TimeSpan.FromMilliseconds(100);

    /// <summary>A put that is cancelled at some moment leaves nothing or the whole.</summary>
    public static async Task<TrialOutcome> AtomicPutAsync(TrialGround ground, CancellationToken cancellationToken)
    {
        TrialPlace place = ground.Main;
        int sizeInBytes = CutInBytes;
        TimeSpan whole = await TimePutAsync(ground, sizeInBytes, cancellationToken).ConfigureAwait(false);
        if (whole < AtOnce)
        {
            sizeInBytes = ground.Choose(LargeCutQuickInBytes, LargeCutInBytes);
            whole = await TimePutAsync(ground, sizeInBytes, cancellationToken).ConfigureAwait(false);
        }
        int rounds = ground.Choose(quick: 4, otherwise: 12), cut = 0;
        for (int round = 0; round < rounds; round++)
        {
            TrialObject item = ground.NewObject(sizeInBytes);
            using CancellationTokenSource cutter = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task put = place.PutAsync(place.Writer, item.Name, item.Bytes, cutter.Token).AsTask();
            Task delay = Task.Delay(whole * (round + 0.5) / rounds, ground.Time, cancellationToken);
            await delay.ConfigureAwait(false);
            await cutter.CancelAsync().ConfigureAwait(false);
            cut += await IsCutAsync(put, cancellationToken).ConfigureAwait(false) ? 1 : 0;
            await place.Writer.FlushAsync(cancellationToken).ConfigureAwait(false);
            await WaitUntilGoneAsync(ground, item, cancellationToken).ConfigureAwait(false);
            await LookAsync(place.Reader, item, "after its put was cut off", cancellationToken).ConfigureAwait(false);
            await LookAsync(place.Writer, item, "after its put was cut off", cancellationToken).ConfigureAwait(false);
        }
        return cut > 0
            ? TrialOutcome.Holds($"{cut} puts of {sizeInBytes >> 20} MiB cut off in the middle: each object absent or whole")
            : TrialOutcome.Unseen("each put was through before it could be cut off");
    }

    /// <summary>Who looks while an object is put sees nothing or the whole.</summary>
    public static async Task<TrialOutcome> HiddenPutAsync(TrialGround ground, CancellationToken cancellationToken)
    {
        TrialPlace place = ground.Main;
        int looks = 0;
        for (int round = 0; round < ground.Choose(quick: 3, otherwise: 8); round++)
        {
            TrialObject item = ground.NewObject(ground.Choose(LargeCutQuickInBytes, LargeCutInBytes));
            Task put = place.PutAsync(item, cancellationToken).AsTask();
            try
            {
                for (; !put.IsCompleted; looks++)
                {
                    await LookAsync(place.Reader, item, "while it is put: a check that runs meanwhile may take it for damage", cancellationToken)
                        .ConfigureAwait(false);
                }
            }
            finally
            {
                await put.ConfigureAwait(false);
            }
            await place.Writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        return looks > 0
            ? TrialOutcome.Holds("who looks while an object is put sees nothing or the whole")
            : TrialOutcome.Unseen("each put was through before anybody could look");
    }

    /// <summary>Puts, reads and listings at once, each checked.</summary>
    public static async Task<TrialOutcome> CrowdAsync(TrialGround ground, CancellationToken cancellationToken)
    {
        TrialPlace place = ground.Main;
        int users = Math.Max(ground.Options.RequestsInFlight * 2, 8);
        int count = users * ground.Choose(quick: 3, otherwise: 12);
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = users, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, count), parallel, async (number, cancellation) =>
        {
            TrialObject item = ground.NewObject((number * 7919 % 90_000) + 1, number % 3 == 0 ? ObjectKind.Index : ObjectKind.Pack);
            await place.PutAsync(item, cancellation).ConfigureAwait(false);
            await place.Writer.FlushAsync(cancellation).ConfigureAwait(false);
            IBackend reader = number % 2 == 0 ? place.Writer : place.Reader;
            await ObjectTrials.ExpectAsync(reader, item, "one of many at work", cancellation).ConfigureAwait(false);
            if (number % 16 == 0)
            {
                List<ObjectInfo> found = await TrialPlace.ListAsync(reader, item.Name.Kind, cancellation).ConfigureAwait(false);
                BrokenPromiseException.ThrowUnless(found.Contains(item.Info), "an object is not listed while many are at work");
            }
        }).ConfigureAwait(false);
        return TrialOutcome.Holds($"{count} objects put and read back, {users} at once, each byte right");
    }

    /// <summary>Several put the same object at once, as two backups of the same files may.</summary>
    public static async Task<TrialOutcome> SameObjectAsync(TrialGround ground, CancellationToken cancellationToken)
    {
        TrialPlace place = ground.Main;
        TrialObject item = ground.NewObject(200_000);
        int repeated = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async number =>
        {
            IBackend backend = number % 2 == 0 ? place.Writer : place.Reader;
            int failures = await PutPatientlyAsync(ground, backend, item, number, cancellationToken).ConfigureAwait(false);
            _ = Interlocked.Add(ref repeated, failures);
            await backend.FlushAsync(cancellationToken).ConfigureAwait(false);
            await ObjectTrials.ExpectAsync(backend, item, "one of many who put it", cancellationToken).ConfigureAwait(false);
        })).ConfigureAwait(false);
        int listed = (await TrialPlace.ListAsync(place.Reader, ObjectKind.Pack, cancellationToken).ConfigureAwait(false))
            .Count(info => info == item.Info);
        BrokenPromiseException.ThrowUnless(listed == 1, $"an object that many put at once is listed {listed} times");
        string patience = repeated == 0 ? "" : $"; {repeated} puts had to be tried again, as the server could not do it then";
        return TrialOutcome.Holds($"an object that many put at once is there once, and whole{patience}");
    }

    // Ceph's gateway answers some of those who put the same at once with 500. A backup tries such a put again, so that it is no failure.
    private static async Task<int> PutPatientlyAsync(
        TrialGround ground, IBackend backend, TrialObject item, int number, CancellationToken cancellationToken)
    {
        for (int failures = 0; ; failures++)
        {
            try
            {
                await ground.Main.PutAsync(backend, item.Name, item.Bytes, cancellationToken).ConfigureAwait(false);
                return failures;
            }
            catch (BackendException exception) when (exception.IsTransient && failures < RacesLostMax)
            {
                // Not all of them at once again.
                await Task.Delay(TidyTurn * ((failures * 2) + number + 1), ground.Time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async Task<TimeSpan> TimePutAsync(TrialGround ground, int sizeInBytes, CancellationToken cancellationToken)
    {
        TrialObject item = ground.NewObject(sizeInBytes);
        long start = ground.Time.GetTimestamp();
        await ground.Main.PutAsync(item, cancellationToken).ConfigureAwait(false);
        TimeSpan taken = ground.Time.GetElapsedTime(start);
        await ground.Main.Writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        return taken;
    }

    private static async Task<bool> IsCutAsync(Task put, CancellationToken cancellationToken)
    {
        try
        {
            await put.ConfigureAwait(false);
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return true;
        }
    }

    // A server may take a moment to see that nobody sends any more, and to tidy up.
    private static async Task WaitUntilGoneAsync(TrialGround ground, TrialObject item, CancellationToken cancellationToken)
    {
        for (int turn = 0; turn < TidyTurnsMax; turn++)
        {
            long? size = await ground.Main.Reader.GetSizeAsync(item.Name, cancellationToken).ConfigureAwait(false);
            if (size is null || size == item.Content.Length)
            {
                return;
            }
            await Task.Delay(TidyTurn, ground.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task LookAsync(IBackend backend, TrialObject item, string when, CancellationToken cancellationToken)
    {
        long? size = await backend.GetSizeAsync(item.Name, cancellationToken).ConfigureAwait(false);
        BrokenPromiseException.ThrowUnless(
            size is null || size == item.Content.Length, $"{size} bytes of an object of {item.Content.Length} are there {when}");
        byte[]? content = await TrialPlace.GetAsync(backend, item, cancellationToken).ConfigureAwait(false);
        BrokenPromiseException.ThrowUnless(content is null || item.Is(content), $"a part of an object was read {when}");
    }
}
