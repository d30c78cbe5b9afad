namespace Ebla.Repositories;

/// <summary>How a repository is opened.</summary>
public sealed record RepositoryOptions
{
    /// <summary>Where the catalog is cached, for all repositories; null: in a temporary folder for the time of the run.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
