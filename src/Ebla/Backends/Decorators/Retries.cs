using Ebla.Backends.Traffic;
using Ebla.Primitives;

namespace Ebla.Backends.Decorators;

/// <summary>Makes a call again while the store fails it for a passing reason. Safe for concurrent use.</summary>
/// <param name="times">How long.</param>
/// <param name="time">The clock.</param>
/// <param name="random">Chance for the waits.</param>
/// <param name="meter">Counts the calls made again.</param>
/// <param name="notice">Told of trouble that lasts.</param>
internal sealed class Retries(RetryTimes times, TimeProvider time, Random random, TrafficMeter meter, Action<string> notice)
{
    // Where one attempt takes long, a few failures are no proof.
    private const int FailingPutsMin = 4;

    private readonly Trouble _trouble = new(notice);

    // Set when the time was over for one call: whoever cleans up after that must not wait as long again, call by call.
    private volatile bool _isGivenUp;

    // Whether the store has answered in this run, well or not.
    private volatile bool _hasContact;

    /// <param name="call">Makes the call. Told whether it was made before, with an unknown outcome.</param>
    /// <param name="cancellationToken">Cancels the waits too.</param>
    /// <exception cref="BackendException">The last failure, when the time is over, or one that does not pass.</exception>
    public ValueTask<T> RunAsync<T>(Func<bool, ValueTask<T>> call, CancellationToken cancellationToken)
        => RunAsync(call, isPutting: static () => false, cancellationToken);

    /// <param name="call">Makes the call. Told whether it was made before, with an unknown outcome.</param>
    /// <param name="isPutting">Whether it was a put that failed last, and not what was asked before.</param>
    /// <param name="cancellationToken">Cancels the waits too.</param>
    /// <exception cref="BackendException">The last failure, when the time is over, or one that does not pass.</exception>
    public async ValueTask<T> RunAsync<T>(Func<bool, ValueTask<T>> call, Func<bool> isPutting, CancellationToken cancellationToken)
    {
        Attempts attempts = new(time.GetTimestamp());
        bool isAnswered = false;
        try
        {
            while (true)
            {
                TimeSpan wait;
                try
                {
                    T result = await call(attempts.Failures > 0).ConfigureAwait(false);
                    isAnswered = true;
                    _hasContact = true;
                    _isGivenUp = false;
                    return result;
                }
                catch (BackendException exception) when (exception.IsTransient)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    _hasContact |= exception.Kind != BackendFailureKind.NoContact;
                    attempts.Fail(exception, time.GetTimestamp(), isPutting());
                    if (attempts.Failures == 1)
                    {
                        _trouble.Begin();
                    }
                    (TimeSpan limit, TimeSpan lasted, string lesson) = Limit(attempts);
                    TimeSpan left = limit - lasted;
                    if (left <= TimeSpan.Zero || exception.RetryAfter > left || _isGivenUp)
                    {
                        _isGivenUp = true;
                        throw GiveUp(exception, attempts, lasted, lesson);
                    }
                    wait = Wait(attempts.Failures, exception.RetryAfter ?? TimeSpan.Zero, left);
                    _trouble.Go(exception, lasted + wait, limit);
                }
                await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
                meter.AddRetry();
            }
        }
        catch (EblaException exception) when (exception is not BackendException { IsTransient: true })
        {
            isAnswered = true;
            _hasContact = true;
            throw;
        }
        finally
        {
            if (attempts.Failures > 0)
            {
                _trouble.End(isAnswered);
            }
        }
    }

    // How long this may last, how long it has lasted, and what there is to say when it is over.
    private (TimeSpan Limit, TimeSpan Lasted, string Lesson) Limit(Attempts attempts)
    {
        if (!_hasContact && times.FirstContact < times.Usual)
        {
            return (
                times.FirstContact, time.GetElapsedTime(attempts.Begun), " Nobody has answered there in this run; --retry-for would wait longer.");
        }
        TimeSpan failing = time.GetElapsedTime(attempts.FailingPutsSince);
        if (attempts.FailingPuts >= FailingPutsMin || (attempts.FailingPuts > 0 && failing < times.FailingPut))
        {
            return (
                times.FailingPut, failing,
                attempts.FailingPuts > 1 ? " It answers otherwise: look whether its disk is full, or a quota used up." : "");
        }
        return (times.Usual, time.GetElapsedTime(attempts.FirstFailure), "");
    }

    private static BackendException GiveUp(BackendException exception, Attempts attempts, TimeSpan lasted, string lesson)
        => attempts.Failures == 1 && lesson.Length == 0
            ? exception
            : new BackendException(
                $"{exception.Message}{lesson} (Tried {attempts.Failures} {(attempts.Failures == 1 ? "time" : "times")}, "
                    + $"for {lasted.TotalSeconds:0} seconds.)",
                isTransient: true,
                exception);

    // What the store asks for is obeyed; the chance comes on top, since it asks all callers for the same.
    private TimeSpan Wait(int failures, TimeSpan asked, TimeSpan left)
    {
        double chance;
        lock (random)
        {
            chance = random.NextDouble();
        }
        TimeSpan wait = asked + BackOff.After(failures, chance);
        return wait < left ? wait : left;
    }

    /// <summary>What one call has been through.</summary>
    private sealed class Attempts(long begun)
    {
        public long Begun { get; } = begun;

        public int Failures { get; private set; }

        public long FirstFailure { get; private set; }

        /// <summary>Puts in a row that the server failed without a reason, each of the later ones after a question that it answered.</summary>
        public int FailingPuts { get; private set; }

        public long FailingPutsSince { get; private set; }

        public void Fail(BackendException exception, long now, bool isPut)
        {
            FirstFailure = Failures++ == 0 ? now : FirstFailure;
            bool isServerError = exception.Kind == BackendFailureKind.ServerError;
            if (!isPut)
            {
                FailingPuts = 0;
            }
            else if (isServerError || FailingPuts > 0)
            {
                // A server that fails early in a long body closes the line, and its answer may be lost with it.
                FailingPutsSince = FailingPuts++ == 0 ? now : FailingPutsSince;
            }
        }
    }
}
