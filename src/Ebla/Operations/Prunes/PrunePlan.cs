using Ebla.Packs;
using Ebla.Primitives;

namespace Ebla.Operations.Prunes;

/// <summary>Which packs go: a pure decision.</summary>
internal sealed class PrunePlan
{
    // Below a quarter of a full pack; so many of them that rewriting them is worth it, and does not come again soon.
    private const int SmallDivisor = 4;
    private const int SmallCountMin = 16;

    private PrunePlan(IReadOnlyList<PackUse> unused, IReadOnlyList<PackUse> repacked, IReadOnlyList<PackUse> kept)
    {
        Unused = unused;
        Repacked = repacked;
        Kept = kept;
        Going = [.. unused.Concat(repacked).Select(use => use.Pack)];
    }

    /// <summary>Packs of which nothing is used.</summary>
    public IReadOnlyList<PackUse> Unused { get; }

    /// <summary>Packs of which little is used, or that are small: what is used is copied.</summary>
    public IReadOnlyList<PackUse> Repacked { get; }

    /// <summary>All others.</summary>
    public IReadOnlyList<PackUse> Kept { get; }

    /// <summary>Those that go.</summary>
    public HashSet<ObjectId> Going { get; }

    /// <summary>Decides.</summary>
    /// <param name="packs">All that are not condemned yet, in any order.</param>
    /// <param name="options">How much may stay unused, and how much may be copied.</param>
    /// <param name="areWritersAtWork">
    /// Whether sessions stand. Then packs to which nothing ever referred stay: they are likely to be what those sessions just stored.
    /// </param>
    public static PrunePlan Of(IEnumerable<PackUse> packs, PruneOptions options, bool areWritersAtWork)
    {
        List<PackUse> unused = [];
        List<PackUse> used = [];
        List<PackUse> kept = [];
        foreach (PackUse use in packs.OrderBy(use => use.Pack))
        {
            List<PackUse> list = use.UsedSizeInBytes > 0 ? used : areWritersAtWork && !use.WasReferred ? kept : unused;
            list.Add(use);
        }
        // First where most is gained for what is copied; what gains least is left alone.
        used.Sort((left, right) => Gain(right).CompareTo(Gain(left)) is not 0 and int order ? order : left.Pack.CompareTo(right.Pack));
        long unusedMax = (long)(used.Sum(use => use.UsedInBytes) * options.UnusedShareMax);
        long unusedLeft = used.Sum(use => use.UnusedInBytes);
        long copied = 0;
        List<PackUse> repacked = [];
        List<PackUse> rest = [];
        foreach (PackUse use in used)
        {
            bool isWorth = use.UsedSizeInBytes < use.BlobsSizeInBytes && unusedLeft > unusedMax;
            if (isWorth && copied + use.UsedInBytes <= (options.RepackSizeInBytesMax ?? long.MaxValue))
            {
                repacked.Add(use);
                copied += use.UsedInBytes;
                unusedLeft -= use.UnusedInBytes;
            }
            else
            {
                rest.Add(use);
            }
        }
        foreach (IGrouping<FrameKind, PackUse> kind in rest.GroupBy(use => use.Kind))
        {
            PackUse[] small = [.. kind.Where(use => use.SizeInBytes < options.Upload.PackSizeInBytes / SmallDivisor)];
            long size = small.Sum(use => use.UsedInBytes);
            if (small.Length >= SmallCountMin && copied + size <= (options.RepackSizeInBytesMax ?? long.MaxValue))
            {
                repacked.AddRange(small);
                copied += size;
            }
        }
        HashSet<ObjectId> going = [.. repacked.Select(use => use.Pack)];
        kept.AddRange(rest.Where(use => !going.Contains(use.Pack)));
        return new PrunePlan(unused, repacked, kept);
    }

    private static double Gain(PackUse use) => (double)use.UnusedInBytes / Math.Max(1, use.UsedInBytes);
}
