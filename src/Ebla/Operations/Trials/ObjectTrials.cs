using Ebla.Backends;
using Ebla.Primitives;

namespace Ebla.Operations.Trials;

/// <summary>Single objects: what is put is what is read.</summary>
internal static class ObjectTrials
{
    // Above the parts in which stores take large objects (S3: 5 MiB at least), and above a pack.
    private const int LargeQuickInBytes = (17 << 20) + 17;
    private const int LargeInBytes = (40 << 20) + 17;

    private const int RangedInBytes = 1_000_003;

    public static async Task<TrialOutcome> PutAndGetAsync(TrialGround ground, CancellationToken cancellationToken)
    {
        TrialObject[] items = [.. RepositoryLayout.Kinds.Select(kind => ground.NewObject(5_000 + (int)kind, kind))];
        await ground.Main.PutAllAsync(items, requestsInFlight: 1, cancellationToken).ConfigureAwait(false);
        foreach (TrialObject item in items)
        {
            await ExpectAsync(ground.Main.Writer, item, "who put it", cancellationToken).ConfigureAwait(false);
            await ExpectAsync(ground.Main.Reader, item, "another connection", cancellationToken).ConfigureAwait(false);
        }
        return TrialOutcome.Holds("objects of each kind, read back by another connection");
    }

    public static async Task<TrialOutcome> EmptyAsync(TrialGround ground, CancellationToken cancellationToken)
    {
        TrialObject empty = ground.NewObject(0, ObjectKind.Note);
        await ground.Main.PutAllAsync([empty], requestsInFlight: 1, cancellationToken).ConfigureAwait(false);
        await ExpectAsync(ground.Main.Reader, empty, "another connection", cancellationToken).ConfigureAwait(false);
        BrokenPromiseException.ThrowUnless(
            await ground.Main.Reader.GetAsync(empty.Name, 0, Memory<byte>.Empty, null, cancellationToken).ConfigureAwait(false),
            "an empty range of an empty object is said to be missing");
        return TrialOutcome.Holds("an object of no bytes is an object");
    }

    public static async Task<TrialOutcome> LargeAsync(TrialGround ground, CancellationToken cancellationToken)
    {
        TrialObject large = ground.NewObject(ground.Choose(LargeQuickInBytes, LargeInBytes));
        await ground.Main.PutAllAsync([large], requestsInFlight: 1, cancellationToken).ConfigureAwait(false);
        await ExpectAsync(ground.Main.Reader, large, "another connection", cancellationToken).ConfigureAwait(false);
        return TrialOutcome.Holds($"{large.Content.Length >> 20} MiB in one object");
    }

    public static async Task<TrialOutcome> RangesAsync(TrialGround ground, CancellationToken cancellationToken)
    {
        TrialObject item = ground.NewObject(RangedInBytes);
        await ground.Main.PutAllAsync([item], requestsInFlight: 1, cancellationToken).ConfigureAwait(false);
        IBackend reader = ground.Main.Reader;
        foreach ((int offset, int length) in ((int, int)[])
            [(0, 1), (0, RangedInBytes), (1, 70_000), (65_535, 65_538), (500_000, 1), (RangedInBytes - 1, 1), (RangedInBytes, 0), (7, 0)])
        {
            byte[] buffer = new byte[length + 2];
            bool isThere = await reader.GetAsync(item.Name, offset, buffer.AsMemory(1, length), null, cancellationToken)
                .ConfigureAwait(false);
            BrokenPromiseException.ThrowUnless(isThere, $"{length} bytes from {offset} of an object that is there are said to be missing");
            BrokenPromiseException.ThrowUnless(
                buffer.AsSpan(1, length).SequenceEqual(item.Content.AsSpan(offset, length)) && buffer[0] == 0 && buffer[^1] == 0,
                $"{length} bytes from {offset} are other bytes than were put there");
        }
        foreach ((long offset, int length) in ((long, int)[])[(0, RangedInBytes + 1), (RangedInBytes, 1), (RangedInBytes - 1, 2)])
        {
            bool isRefused = false;
            try
            {
                _ = await reader.GetAsync(item.Name, offset, new byte[length], null, cancellationToken).ConfigureAwait(false);
            }
            catch (CorruptDataException)
            {
                isRefused = true;
            }
            BrokenPromiseException.ThrowUnless(isRefused, $"{length} bytes from {offset} of an object of {RangedInBytes} were given");
        }
        return reader.Capabilities.CanReadRanges
            ? TrialOutcome.Holds("exact, also at the ends; beyond the end there is nothing")
            : TrialOutcome.NotOffered("exact, but each reads the whole object: restoring single files is slow");
    }

    public static async Task<TrialOutcome> MissingAsync(TrialGround ground, CancellationToken cancellationToken)
    {
        IBackend reader = ground.Main.Reader;
        foreach (ObjectKind kind in RepositoryLayout.Kinds)
        {
            TrialObject missing = ground.NewObject(10, kind);
            bool isMissing = await reader.GetSizeAsync(missing.Name, cancellationToken).ConfigureAwait(false) is null
                && !await reader.GetAsync(missing.Name, 0, new byte[1], null, cancellationToken).ConfigureAwait(false)
                && await TrialPlace.GetAsync(reader, missing, cancellationToken).ConfigureAwait(false) is null;
            BrokenPromiseException.ThrowUnless(isMissing, "an object that nobody put is said to be there");
        }
        return TrialOutcome.Holds("what is not there is said not to be there");
    }

    public static async Task<TrialOutcome> PutAgainAsync(TrialGround ground, CancellationToken cancellationToken)
    {
        TrialObject item = ground.NewObject(70_000);
        for (int round = 0; round < 2; round++)
        {
            await ground.Main.PutAllAsync([item], requestsInFlight: 1, cancellationToken).ConfigureAwait(false);
        }
        await ground.Main.PutAsync(ground.Main.Reader, item.Name, item.Bytes, cancellationToken).ConfigureAwait(false);
        await ground.Main.Reader.FlushAsync(cancellationToken).ConfigureAwait(false);
        await ExpectAsync(ground.Main.Writer, item, "who put it first", cancellationToken).ConfigureAwait(false);
        int count = (await TrialPlace.ListAsync(ground.Main.Writer, ObjectKind.Pack, cancellationToken).ConfigureAwait(false))
            .Count(info => info.Name == item.Name);
        BrokenPromiseException.ThrowUnless(count == 1, $"an object that was put three times is listed {count} times");
        return TrialOutcome.Holds("an object that is put again is there once, and whole");
    }

    public static async Task<TrialOutcome> ReplaceAsync(TrialGround ground, CancellationToken cancellationToken)
    {
        TrialObject item = ground.NewObject(70_000);
        await ground.Main.PutAsync(ground.Main.Writer, item.Name, item.Bytes.Slice(0, 30_000), cancellationToken).ConfigureAwait(false);
        await ground.Main.Writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await ground.Main.PutAllAsync([item], requestsInFlight: 1, cancellationToken).ConfigureAwait(false);
        }
        catch (EblaException exception) when (exception is AccessDeniedException or BackendException { IsTransient: false })
        {
            return await IsAppendOnlyAsync(ground, item, cancellationToken).ConfigureAwait(false)
                ? TrialOutcome.NotOffered("refused, as deletions are: half an object stays half")
                : new TrialOutcome(TrialVerdict.DoesNotHold, exception.Message);
        }
        await ExpectAsync(ground.Main.Reader, item, "another connection, after one of another size was replaced", cancellationToken)
            .ConfigureAwait(false);
        return TrialOutcome.Holds("an object of another size under its name is replaced");
    }

    private static async Task<bool> IsAppendOnlyAsync(TrialGround ground, TrialObject item, CancellationToken cancellationToken)
    {
        try
        {
            await ground.Main.Reader.DeleteAsync(item.Name, cancellationToken).ConfigureAwait(false);
            return false;
        }
        catch (EblaException exception) when (exception is AccessDeniedException or BackendException { IsTransient: false })
        {
            return true;
        }
    }

    /// <summary>Wants an object to be there for a user as it was put: size, place in the listing, bytes.</summary>
    public static async Task ExpectAsync(IBackend backend, TrialObject item, string user, CancellationToken cancellationToken)
    {
        long? size = await backend.GetSizeAsync(item.Name, cancellationToken).ConfigureAwait(false);
        BrokenPromiseException.ThrowUnless(size is not null, $"an object that was put and flushed is missing for {user}");
        BrokenPromiseException.ThrowUnless(
            size == item.Content.Length, $"an object of {item.Content.Length} bytes is said to have {size}, for {user}");
        byte[]? content = await TrialPlace.GetAsync(backend, item, cancellationToken).ConfigureAwait(false);
        BrokenPromiseException.ThrowUnless(item.Is(content), $"an object was read back with other bytes, by {user}");
        byte[] again = new byte[item.Content.Length];
        bool isThere = await backend.GetAsync(item.Name, 0, again, null, cancellationToken).ConfigureAwait(false);
        BrokenPromiseException.ThrowUnless(isThere && item.Is(again), $"an object was read back with other bytes, by {user}");
    }
}
