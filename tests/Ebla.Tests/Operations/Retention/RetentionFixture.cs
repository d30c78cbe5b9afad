using Ebla.Notes;
using Ebla.Operations.Retention;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Snapshots;
using Ebla.Tests.Packs;

namespace Ebla.Tests.Operations.Retention;

/// <summary>Snapshots and plans that need no repository.</summary>
internal static class RetentionFixture
{
    /// <summary>Later than all times that tests use, unless they say otherwise.</summary>
    public static readonly UnixTime Now = At("2100-01-01T00:00:00Z");

    public static UnixTime At(string time) => UnixTime.From(DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture));

    public static MemberId Writer(int seed) => MemberId.Read(PackFixture.Noise(seed, 16));

    public static ObjectId Id(int seed) => ObjectId.Read(PackFixture.Noise(seed, 32));

    public static StoredSnapshot Stored(
        int id, UnixTime time, int writer = 1, string host = "h", string path = "/p", bool isPartial = false, ulong sequence = 0,
        params string[] tags) => new(Id(id), new Snapshot
        {
            Root = default,
            Writer = Writer(writer),
            Sequence = sequence == 0 ? (ulong)id : sequence,
            Time = time,
            IsPartial = isPartial,
            Host = ByteName.FromText(host),
            Paths = [ByteName.FromText(path)],
            Tags = tags,
        });

    /// <summary>A snapshot at each time, numbered in their order.</summary>
    public static SnapshotList List(params string[] times) => new([.. times.Select((time, i) => Stored(i + 1, At(time)))], []);

    public static RetentionTerms Terms(string zone = "UTC") => new() { Zone = TimeZoneInfo.FindSystemTimeZoneById(zone), Now = Now };

    public static IReadOnlyList<RetentionGroup> Plan(SnapshotList list, RetentionPolicy policy, RetentionTerms? terms = null)
        => RetentionPlan.Make(list, policy, terms ?? Terms());

    /// <summary>The numbers of the snapshots that stay, in rising order.</summary>
    public static IEnumerable<int> Kept(SnapshotList list, RetentionPolicy policy, RetentionTerms? terms = null)
        => Numbers(KeptIds(Plan(list, policy, terms)));

    public static HashSet<ObjectId> KeptIds(IReadOnlyList<RetentionGroup> groups)
        => [.. groups.SelectMany(group => group.Verdicts).Where(verdict => verdict.IsKept).Select(verdict => verdict.Stored.Id)];

    public static IReadOnlyList<string> ReasonsOf(IReadOnlyList<RetentionGroup> groups, int id)
        => groups.SelectMany(group => group.Verdicts).Single(verdict => verdict.Stored.Id == Id(id)).Reasons;

    private static IEnumerable<int> Numbers(HashSet<ObjectId> ids) => Enumerable.Range(1, 1000).Where(id => ids.Contains(Id(id)));
}
