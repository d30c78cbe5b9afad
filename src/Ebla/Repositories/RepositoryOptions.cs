using Ebla.Encryption;

namespace Ebla.Repositories;

/// <summary>How a repository is opened.</summary>
public sealed record RepositoryOptions
{
    /// <summary>Where the catalog is cached, for all repositories; null: in a temporary folder for the time of the run.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>
    /// So many bytes of snapshots and trees are kept in the cache folder too, each checked on every use. Nought for none: of a store that
    /// is near, as a local folder, they are read as fast.
    /// </summary>
    public long MetadataCacheSizeInBytes { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    internal IEntropy Entropy { get; init; } = SystemEntropy.Instance;
}
