using Ebla.Backends;
using Ebla.Backends.Decorators;
using Ebla.Backends.Locations;
using Ebla.Backends.Traffic;
using Ebla.Cli.Invocation;
using Ebla.Cli.Rendering;
using Ebla.Primitives;

namespace Ebla.Cli.Access;

/// <summary>Opens stores with what the options and the environment say about them.</summary>
internal sealed class StoreAccess
{
    // More than any server likes; a mistake of a digit should be told.
    private const int ConnectionsMax = 256;

    // A request must have time for one round trip over a satellite.
    private static readonly TimeSpan StallTimeMin = TimeSpan.FromSeconds(2);

    private readonly Lazy<BackendSettings> _settings;

    /// <param name="context">The command. Its options are read when the first store is opened.</param>
    public StoreAccess(CommandContext context) => _settings = new Lazy<BackendSettings>(() => Read(context));

    /// <summary>What went over the line so far; null if no store was opened.</summary>
    public TrafficCounts? Traffic => _settings.IsValueCreated ? _settings.Value.Meter.Read() : null;

    /// <summary>The store at a location, which is not touched yet.</summary>
    public IBackend Open(BackendLocation location) => StoreStack.Open(location, _settings.Value);

    /// <summary>The store at a location with nothing wrapped around it: each failure shows.</summary>
    public IBackend OpenBare(BackendLocation location) => location.Open(_settings.Value);

    /// <summary>How many requests may be in flight.</summary>
    public int RequestsInFlightMax => _settings.Value.RequestsInFlightMax;

    /// <summary>The store of a second repository, which is not touched yet: with options and a password of its own.</summary>
    public IBackend OpenOther(BackendLocation location, string? variable, string[] options, PasswordSource password)
    {
        Lazy<string?> found = new(() => ReadPassword(password));
        BackendSettings settings = _settings.Value with
        {
            Options = ReadOptions("EBLA_FROM_OPTIONS", variable, "--from-option", options),
            FindPassword = _ => ValueTask.FromResult(found.Value),
        };
        return StoreStack.Open(location, settings);
    }

    private static BackendSettings Read(CommandContext context)
    {
        StoreOptions options = context.Globals.Store;
        LineLimits limits = new(
            ReadRate("--limit-upload", context.Get(options.LimitUpload)),
            ReadRate("--limit-download", context.Get(options.LimitDownload)));
        if (context.Get(options.StallTime) is { } stallTime)
        {
            limits = limits with { StallTime = DurationArgument.Parse("--stall-time", stallTime) };
            Require(limits.StallTime >= StallTimeMin, $"--stall-time: at least {StallTimeMin.TotalSeconds}s, not {stallTime}.");
        }
        PasswordSource password = new("EBLA_STORE_", context.Get(options.PasswordFile), context.Get(options.PasswordCommand));
        Lazy<string?> found = new(() => ReadPassword(password));
        BackendSettings settings = new()
        {
            Options = ReadOptions(
                "EBLA_OPTIONS", Environment.GetEnvironmentVariable("EBLA_OPTIONS"), "-o", context.Get(options.Settings) ?? []),
            FindPassword = _ => ValueTask.FromResult(found.Value),
            AcceptsNewHostKey = context.Get(options.AcceptNewHostKey),
            Line = new Line(limits, TimeProvider.System),
            Notice = message => context.Messages.Notice($"note: {message}"),
        };
        if (context.Get(options.Connections) is { } connections)
        {
            Require(connections is >= 1 and <= ConnectionsMax, $"--connections: 1 to {ConnectionsMax}, not {connections}.");
            settings = settings with { RequestsInFlightMax = connections };
        }
        if (context.Get(options.RetryFor) is { } retryFor)
        {
            settings = settings with { RetryTimes = RetryTimes.Always(DurationArgument.Parse("--retry-for", retryFor)) };
        }
        return settings;
    }

    // Names and values of the environment cannot hold blanks; those of the command line come later, and win.
    private static Dictionary<string, string> ReadOptions(string variable, string? value, string option, string[] given)
    {
        string[] words = (value ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        Dictionary<string, string> options = new(StringComparer.Ordinal);
        foreach ((string origin, string word) in words.Select(word => (variable, word)).Concat(given.Select(word => (option, word))))
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            Require(equals > 0, $"{origin}: '{word}' is not NAME=VALUE.");
            options[word[..equals]] = word[(equals + 1)..];
        }
        return options;
    }

    private static long? ReadRate(string option, string? text)
    {
        if (text is null)
        {
            return null;
        }
        long? rate = ByteSize.TryParse(text);
        Require(rate is > 0, $"{option}: '{text}' is no rate; try 5M, for 5 MiB in a second.");
        return rate;
    }

    private static string? ReadPassword(PasswordSource source)
    {
        try
        {
            return source.Read();
        }
        catch (WrongKeyException exception)
        {
            // It is the store that does not let us in, not the repository.
            throw new AccessDeniedException($"The store's password: {exception.Message}", exception);
        }
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new UsageException(message);
        }
    }
}
