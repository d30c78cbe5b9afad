using Ebla.Notes;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Snapshots;

namespace Ebla.Operations.Checks;

/// <summary>
/// Compares the snapshots that are there with what their writers knew and with their running numbers: a store that removes
/// snapshots, or goes back to an older state, leaves holes.
/// </summary>
/// <remarks>
/// Not to be seen: that the newest snapshots are gone which nobody refers to. Several machines that share a key are one writer
/// and may give one number twice, which is no fault.
/// </remarks>
internal static class SnapshotHistory
{
    /// <summary>
    /// Warnings, one for each snapshot that is known to be missing, and one for each writer whose numbers have holes.
    /// </summary>
    /// <param name="snapshots">Those that could be opened, forgotten ones too.</param>
    /// <param name="forgotten">Those that a note forgets, there or not: each may be missing, and its number is no hole.</param>
    /// <param name="condemnedOrDamaged">Others that were removed in order, or whose object is there but damaged.</param>
    public static IEnumerable<CheckFinding> Examine(
        IReadOnlyList<StoredSnapshot> snapshots, IEnumerable<ForgottenSnapshot> forgotten, IReadOnlySet<ObjectId> condemnedOrDamaged)
    {
        Dictionary<ObjectId, ForgottenSnapshot> noted = forgotten.ToDictionary(one => one.Snapshot);
        HashSet<ObjectId> accountedFor = [.. condemnedOrDamaged, .. noted.Keys];
        HashSet<ObjectId> present = [.. snapshots.Select(stored => stored.Id)];
        Dictionary<ObjectId, (KnownWriter Claim, ObjectId By)> claims = [];
        foreach (StoredSnapshot stored in snapshots)
        {
            foreach (KnownWriter known in stored.Snapshot.Known)
            {
                _ = claims.TryAdd(known.Snapshot, (known, stored.Id));
            }
        }
        foreach ((ObjectId id, (KnownWriter claim, ObjectId by)) in claims.OrderBy(claim => claim.Key))
        {
            if (!present.Contains(id) && !accountedFor.Contains(id))
            {
                yield return new CheckFinding(
                    CheckSeverity.Warning, CheckSubject.History, new ObjectName(ObjectKind.Snapshot, id),
                    $"Snapshot {id.ToShortString()}, number {claim.Sequence} of writer {claim.Writer}, is missing: snapshot "
                    + $"{by.ToShortString()} knew it. It was removed by hand or by the store, or the store went back to an "
                    + $"older state. No prune removes anything until it is back, or given up: ebla forget {id.ToShortString()}");
            }
        }
        // What is accounted for but never claimed has a number that nobody knows: each may fill one hole.
        long fillers = condemnedOrDamaged.Count(id => !claims.ContainsKey(id) && !present.Contains(id) && !noted.ContainsKey(id));
        foreach (IGrouping<MemberId, ulong> numbers in Numbers(snapshots, claims.Values.Select(claim => claim.Claim), noted.Values))
        {
            List<(ulong First, ulong Last)> holes = FindHoles(numbers);
            long missing = holes.Sum(hole => (long)Math.Min(hole.Last - hole.First + 1, int.MaxValue));
            if (missing <= fillers)
            {
                fillers -= missing;
                continue;
            }
            string list = string.Join(
                ", ", holes.Take(8).Select(hole => hole.First == hole.Last ? $"{hole.First}" : $"{hole.First} to {hole.Last}"));
            yield return new CheckFinding(
                CheckSeverity.Warning, CheckSubject.History, null,
                $"Snapshots of writer {numbers.Key} are missing: its numbers {list}{(holes.Count > 8 ? ", ..." : "")} are "
                + "not there, "
                + $"and only {fillers} removals are on record.");
        }
    }

    private static IEnumerable<IGrouping<MemberId, ulong>> Numbers(
        IReadOnlyList<StoredSnapshot> snapshots, IEnumerable<KnownWriter> claims, IEnumerable<ForgottenSnapshot> noted) => snapshots
            .Select(stored => (stored.Snapshot.Writer, stored.Snapshot.Sequence))
            .Concat(claims.Select(claim => (claim.Writer, claim.Sequence)))
            .Concat(noted.Select(one => (one.Writer, one.Sequence)))
            .GroupBy(number => number.Writer, number => number.Sequence)
            .OrderBy(group => group.Key.Value);

    private static List<(ulong First, ulong Last)> FindHoles(IEnumerable<ulong> numbers)
    {
        List<(ulong First, ulong Last)> holes = [];
        ulong next = 1;
        foreach (ulong number in numbers.Distinct().Order())
        {
            if (number > next)
            {
                holes.Add((next, number - 1));
            }
            next = Math.Max(next, number == ulong.MaxValue ? number : number + 1);
        }
        return holes;
    }
}
