using Ebla.Indexing;
using Ebla.Primitives;

namespace Ebla.Repositories;

/// <summary>The catalog as one load found it.</summary>
/// <param name="Index">All blobs of packs that segments name, and of packs that no segment names yet.</param>
/// <param name="Packs">The packs listed; null if the loader did not ask for them.</param>
/// <param name="UnnamedPacks">Packs that no segment names: left by a run that was cut off, or being written now.</param>
/// <param name="Findings">Segments and directories that could not be read. What they name is not in the index.</param>
internal sealed record LoadedCatalog(
    BlobIndex Index, PackList? Packs, IReadOnlyList<IndexedPack> UnnamedPacks, IReadOnlyList<CatalogFinding> Findings)
{
    /// <summary>Segments that were listed.</summary>
    public required IReadOnlySet<ObjectId> Segments { get; init; }

    /// <summary>For a writer: what was condemned before the packs were listed.</summary>
    public CondemnedNames Condemned { get; init; } = new([], []);

    /// <summary>Adds what came since, or was not found at first; null for a pruner.</summary>
    public IndexGrowth? Growth { get; init; }
}
