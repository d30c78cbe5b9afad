namespace Ebla.Primitives;

/// <summary>A back-end could not do what was asked of it.</summary>
public sealed class BackendException(string message, bool isTransient, Exception? inner = null)
    : EblaException(message, inner)
{
    /// <summary>Whether the same call may succeed later.</summary>
    public bool IsTransient { get; } = isTransient;

    /// <summary>What is known of it besides.</summary>
    public BackendFailureKind Kind { get; init; }

    /// <summary>How long the store asked us to wait before trying again; null if it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
