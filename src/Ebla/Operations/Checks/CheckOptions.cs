namespace Ebla.Operations.Checks;

/// <summary>How thorough a check is.</summary>
public sealed record CheckOptions
{
    /// <summary>
    /// Reads, decrypts and verifies every stored byte. Without it: all of the catalog, of packs only that they are there.
    /// </summary>
    public bool ReadData { get; init; }

    /// <summary>Packs read at once. Memory: two reads of 4 MiB, or a largest frame, for each.</summary>
    /// <value>One per processor.</value>
    public int WorkerCount { get; init; } = Environment.ProcessorCount;

    /// <summary>At most so many affected paths are listed.</summary>
    public int PathsMax { get; init; } = 100;
}
