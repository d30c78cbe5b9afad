using Ebla.Primitives;

namespace Ebla.Indexing;

/// <summary>
/// Blob ids that a walk has just done with: a change of one file makes a new tree blob whose other links are those of the old one, and to look
/// these up in the index costs more than all else of the walk.
/// </summary>
/// <remarks>Memory: 4 MiB. An id may be forgotten at any time.</remarks>
internal sealed class RecentIds
{
    private const int Count = 1 << 18;

    private readonly UInt128[] _ids = new UInt128[Count];

    /// <summary>Whether the id was put here, and no other in its place. The id 0 never is.</summary>
    public bool Contains(ShortId id) => _ids[PlaceOf(id)] == id.Value && id.Value != 0;

    public void Add(ShortId id) => _ids[PlaceOf(id)] = id.Value;

    // Ids are hashes: any bits will do.
    private static int PlaceOf(ShortId id) => (int)((ulong)id.Value & (Count - 1));
}
