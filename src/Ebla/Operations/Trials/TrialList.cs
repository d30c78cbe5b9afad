namespace Ebla.Operations.Trials;

/// <summary>All trials, in the order in which they run: each may rely on those before it that are a basis.</summary>
internal static class TrialList
{
    public static IReadOnlyList<Trial> All { get; } =
    [
        new("fresh place", true, HeaderTrials.FreshPlaceAsync) { IsBasis = true },
        new("header", true, HeaderTrials.ReadBackAsync) { IsBasis = true },
        new("put and get", true, ObjectTrials.PutAndGetAsync) { IsBasis = true },
        new("conditional create", true, HeaderTrials.ConditionalAsync),
        new("one creator", true, HeaderTrials.RaceAsync),
        new("missing objects", true, ObjectTrials.MissingAsync),
        new("empty objects", true, ObjectTrials.EmptyAsync),
        new("large objects", true, ObjectTrials.LargeAsync),
        new("ranges", true, ObjectTrials.RangesAsync),
        new("list after put", true, ListingTrials.ListAfterPutAsync),
        new("many small objects", true, ListingTrials.ManyAsync),
        new("put again", true, ObjectTrials.PutAgainAsync),
        new("replace", true, ObjectTrials.ReplaceAsync),
        new("delete", true, ListingTrials.DeleteAsync),
        new("atomic put", true, CrowdTrials.AtomicPutAsync),
        new("hidden put", false, CrowdTrials.HiddenPutAsync),
        new("same object at once", true, CrowdTrials.SameObjectAsync),
        new("many at once", true, CrowdTrials.CrowdAsync),
        new("durability", true, StoreTrials.DurabilityAsync),
        new("clock", true, StoreTrials.ClockAsync),
        new("free space", false, StoreTrials.FreeSpaceAsync),
        new("latency", false, SpeedTrials.LatencyAsync),
        new("throughput", true, SpeedTrials.ThroughputAsync),
    ];
}
