using Ebla.Backends.Decorators;
using Ebla.Backends.Traffic;
using Ebla.Primitives;

namespace Ebla.Backends.Locations;

/// <summary>What opening a store may need besides its location.</summary>
public sealed record BackendSettings
{
    /// <summary>Options by name, as <c>s3.region</c>: the part before the point is the kind of store.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>Gives the password for the store (not the repository's), or null if there is none. Asked at most once, when it is needed.</summary>
    public Func<CancellationToken, ValueTask<string?>> FindPassword { get; init; } = static _ => ValueTask.FromResult<string?>(null);

    /// <summary>Whether the key of an SSH server that is not known yet is accepted and noted. A changed key never is.</summary>
    public bool AcceptsNewHostKey { get; init; }

    /// <summary>How many requests the store may have in flight.</summary>
    public int RequestsInFlightMax { get; init; } = 8;

    /// <summary>Paces and watches what goes over the line. Shared by all stores of a run.</summary>
    public Line Line { get; init; } = new(LineLimits.None, TimeProvider.System);

    /// <summary>How long a call that fails for trouble of the line is tried again.</summary>
    public RetryTimes RetryTimes { get; init; } = new();

    /// <summary>Counts what goes over the line. Shared by all stores of a run.</summary>
    public TrafficMeter Meter { get; init; } = new();

    /// <summary>Told, in one line for people, what they should know and what stops nothing.</summary>
    public Action<string> Notice { get; init; } = static _ => { };

    /// <summary>Fails unless all options are among those named.</summary>
    /// <exception cref="InvalidLocationException">One is not.</exception>
    internal void ExpectOptions(string store, params ReadOnlySpan<string> names)
    {
        foreach (string name in Options.Keys)
        {
            if (!names.Contains(name))
            {
                throw new InvalidLocationException(names.IsEmpty
                    ? $"The option '{name}': {store} has no options."
                    : $"The option '{name}' is none of {store}. These are: {string.Join(", ", names.ToArray())}.");
            }
        }
    }
}
