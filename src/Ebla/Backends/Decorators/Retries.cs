using Ebla.Backends.Traffic;
using Ebla.Primitives;

namespace Ebla.Backends.Decorators;

/// <summary>Makes a call again while the store fails it for a passing reason. Safe for concurrent use.</summary>
/// <param name="retryTime">How long, counted from a call's first failure; zero for not at all.</param>
/// <param name="time">The clock.</param>
/// <param name="random">Chance for the waits.</param>
/// <param name="meter">Counts the calls made again.</param>
/// <param name="notice">Told of trouble that lasts.</param>
internal sealed class Retries(TimeSpan retryTime, TimeProvider time, Random random, TrafficMeter meter, Action<string> notice)
{
    private readonly Trouble _trouble = new(retryTime, notice);

    // Set when the time was over for one call: whoever cleans up after that must not wait as long again, call by call.
    private volatile bool _isGivenUp;

    /// <param name="call">Makes the call. Told whether it was made before, with an unknown outcome.</param>
    /// <param name="cancellationToken">Cancels the waits too.</param>
    /// <exception cref="BackendException">The last failure, when the time is over, or one that does not pass.</exception>
    public async ValueTask<T> RunAsync<T>(Func<bool, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        int failures = 0;
        long firstFailure = 0;
        bool isAnswered = false;
        try
        {
            while (true)
            {
                TimeSpan wait;
                try
                {
                    T result = await call(failures > 0).ConfigureAwait(false);
                    isAnswered = true;
                    _isGivenUp = false;
                    return result;
                }
                catch (BackendException exception) when (exception.IsTransient)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (failures++ == 0)
                    {
                        firstFailure = time.GetTimestamp();
                        _trouble.Begin();
                    }
                    TimeSpan lasted = time.GetElapsedTime(firstFailure);
                    TimeSpan left = retryTime - lasted;
                    if (left <= TimeSpan.Zero || exception.RetryAfter > left || _isGivenUp)
                    {
                        _isGivenUp = true;
                        throw failures == 1 ? exception : new BackendException(
                            $"{exception.Message} (Tried {failures} times, for {lasted.TotalSeconds:0} seconds.)",
                            isTransient: true,
                            exception);
                    }
                    wait = Wait(failures, exception.RetryAfter ?? TimeSpan.Zero, left);
                    _trouble.Go(exception, lasted + wait);
                }
                await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
                meter.AddRetry();
            }
        }
        catch (EblaException exception) when (exception is not BackendException { IsTransient: true })
        {
            isAnswered = true;
            throw;
        }
        finally
        {
            if (failures > 0)
            {
                _trouble.End(isAnswered);
            }
        }
    }

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
}
