namespace Ebla.Backends.Decorators;

/// <summary>How long a call is made again that fails for a reason that may pass.</summary>
public sealed record RetryTimes
{
    /// <summary>As a rule: a line that broke comes back, and a server is started again. Counted from the call's first failure.</summary>
    public TimeSpan Usual { get; private init; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// As long as nobody answered at all in this run: rather a mistake in the location, or no network, than trouble that passes. Counted
    /// from the beginning of the call.
    /// </summary>
    public TimeSpan FirstContact { get; private init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A put that the server fails without saying why, while it answers what else it is asked: rather a full disk than trouble that
    /// passes. Counted from the first such failure of the call.
    /// </summary>
    public TimeSpan FailingPut { get; private init; } = TimeSpan.FromMinutes(2);

    /// <summary>The same time whatever the reason, as a user asks for it.</summary>
    public static RetryTimes Always(TimeSpan time) => new() { Usual = time, FirstContact = time, FailingPut = time };
}
