using Ebla.Backends;
using Ebla.Primitives;

namespace Ebla.Repositories;

/// <summary>The packs that a back-end lists, with sizes, less the condemned: those a writer may rely on.</summary>
internal sealed class PackList
{
    private readonly Dictionary<ObjectId, long> _sizes = [];
    private readonly HashSet<ObjectId> _condemned;

    private PackList(HashSet<ObjectId> condemned) => _condemned = condemned;

    public IReadOnlyDictionary<ObjectId, long> Sizes => _sizes;

    /// <summary>What was condemned before the packs were listed.</summary>
    public IReadOnlySet<ObjectId> Condemned => _condemned;

    /// <summary>For a pruner, which moves what is needed out of condemned packs: they count as long as they are there.</summary>
    public bool CountsCondemned { get; set; }

    /// <summary>Lists the packs. The condemned records must have been read before.</summary>
    public static async Task<PackList> LoadAsync(
        IBackend backend, HashSet<ObjectId> condemned, CancellationToken cancellationToken)
    {
        PackList list = new(condemned);
        await foreach (ObjectInfo info in backend.ListAsync(ObjectKind.Pack, cancellationToken).ConfigureAwait(false))
        {
            list._sizes[info.Name.Id] = info.SizeInBytes;
        }
        return list;
    }

    /// <summary>Whether what the index says to be in this pack counts as stored.</summary>
    public bool IsUsable(ObjectId pack, long sizeInBytes)
        => _sizes.TryGetValue(pack, out long size) && size == sizeInBytes && (CountsCondemned || !_condemned.Contains(pack));
}
