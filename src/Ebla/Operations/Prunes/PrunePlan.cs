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
        // Each pack once, and besides only its place: stores have millions.
        PackUse[] all = [.. packs];
        Array.Sort(all, (left, right) => left.Pack.CompareTo(right.Pack));
        List<PackUse> unused = [];
        List<PackUse> kept = [];
        List<int> used = [];
        for (int place = 0; place < all.Length; place++)
        {
            if (all[place].UsedSizeInBytes > 0)
            {
                used.Add(place);
                continue;
            }
            List<PackUse> list = areWritersAtWork && !all[place].WasReferred ? kept : unused;
            list.Add(all[place]);
        }
        // First where most is gained for what is copied; what gains least is left alone.
        used.Sort((left, right) => Gain(all[right]).CompareTo(Gain(all[left])) is not 0 and int order ? order : left.CompareTo(right));
        long unusedMax = (long)(used.Sum(place => all[place].UsedInBytes) * options.UnusedShareMax);
        long unusedLeft = used.Sum(place => all[place].UnusedInBytes);
        long copied = 0;
        List<PackUse> repacked = [];
        bool[] isRepacked = new bool[all.Length];
        foreach (int place in used)
        {
            PackUse use = all[place];
            bool isWorth = use.UsedSizeInBytes < use.BlobsSizeInBytes && unusedLeft > unusedMax;
            if (isWorth && copied + use.UsedInBytes <= (options.RepackSizeInBytesMax ?? long.MaxValue))
            {
                Repack(place);
                unusedLeft -= use.UnusedInBytes;
            }
        }
        foreach (FrameKind kind in used.Where(place => !isRepacked[place]).Select(place => all[place].Kind).Distinct().ToArray())
        {
            int[] small =
            [
                .. used.Where(place => !isRepacked[place] && all[place].Kind == kind
                    && all[place].SizeInBytes < options.Upload.PackSizeInBytes / SmallDivisor),
            ];
            long size = small.Sum(place => all[place].UsedInBytes);
            if (small.Length >= SmallCountMin && copied + size <= (options.RepackSizeInBytesMax ?? long.MaxValue))
            {
                Array.ForEach(small, Repack);
            }
        }
        kept.AddRange(used.Where(place => !isRepacked[place]).Select(place => all[place]));
        return new PrunePlan(unused, repacked, kept);

        void Repack(int place)
        {
            repacked.Add(all[place]);
            isRepacked[place] = true;
            copied += all[place].UsedInBytes;
        }
    }

    private static double Gain(PackUse use) => (double)use.UnusedInBytes / Math.Max(1, use.UsedInBytes);
}
