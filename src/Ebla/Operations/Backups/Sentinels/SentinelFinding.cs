namespace Ebla.Operations.Backups.Sentinels;

/// <summary>What the rot sentinel found in a file.</summary>
internal enum SentinelFinding
{
    /// <summary>The content that the previous snapshot has; or it cannot be read, and that content is kept.</summary>
    Same,

    /// <summary>The file was changed meanwhile, or what the previous snapshot has of it cannot be read: it is read as a changed file.</summary>
    Unknown,

    /// <summary>Another content under the same size and times.</summary>
    Rotten,
}
