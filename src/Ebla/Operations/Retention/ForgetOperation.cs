using Ebla.Notes;
using Ebla.Operations.Statistics;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Snapshots;

namespace Ebla.Operations.Retention;

/// <summary>Forgets snapshots: from then on they do not count. Their objects stay until a prune removes them.</summary>
public static class ForgetOperation
{
    /// <summary>Judges, and writes one note that names all that go. Announces no session: a note takes nothing away from anybody.</summary>
    /// <exception cref="SnapshotNotFoundException">A snapshot that is named is not there.</exception>
    /// <exception cref="RetentionException">A snapshot that is named is pinned, or is the last of its group; or there is no policy.</exception>
    /// <exception cref="UnsupportedFormatException">The policy in the repository has a rule that this version does not know.</exception>
    public static async Task<ForgetResult> RunAsync(Repository repository, ForgetOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(options);
        NoteStore notes = new(repository);
        if (!options.DryRun)
        {
            notes.RequireMayWrite();
            await UploadSession.RefuseSettingsAsync(repository.Backend, cancellationToken).ConfigureAwait(false);
        }
        SnapshotList list = await new SnapshotStore(repository).LoadAsync(cancellationToken).ConfigureAwait(false);
        list.Notes.RequireWhole();
        ForgetResult plan = options.Snapshots.Count > 0 ? PlanNamed(list, options) : PlanByPolicy(list, options, repository.Time);
        if (options.CountsBytes)
        {
            (SelectionStatistics account, IReadOnlyList<CatalogFinding> findings) = await StatsOperation.SelectAsync(
                repository, list, plan.Forgotten, cancellationToken).ConfigureAwait(false);
            plan = plan with { Account = account, CatalogFindings = findings };
        }
        // One that is lost has its number still, from a snapshot that knew it.
        ForgottenSnapshot[] all =
        [
            .. plan.Forgotten.Select(stored => new ForgottenSnapshot(stored.Id, stored.Snapshot.Writer, stored.Snapshot.Sequence)),
            .. list.Missing.Where(one => plan.Lost.Contains(one.Lost.Snapshot))
                .Select(one => new ForgottenSnapshot(one.Lost.Snapshot, one.Lost.Writer, one.Lost.Sequence)),
        ];
        if (options.DryRun || all.Length == 0)
        {
            return plan;
        }
        ObjectId note = default;
        HashSet<ObjectId> gone = [.. plan.Forgotten.Select(stored => stored.Id)];
        RemainingCount[] remaining = [.. CountRemaining(list, gone)];
        ulong number = list.Notes.NextNumber;
        foreach (ForgottenSnapshot[] forgotten in all.Chunk(NoteCodec.NamesMax))
        {
            note = await notes.PutAsync(
                new Note(NoteType.Forgotten, number) { Forgotten = forgotten, Remaining = remaining }, cancellationToken)
                .ConfigureAwait(false);
        }
        return plan with { Note = note };
    }

    private static ForgetResult PlanByPolicy(SnapshotList list, ForgetOptions options, TimeProvider time)
    {
        RetentionPolicy policy = options.Policy ?? PolicyOperation.PolicyOf(list.Notes)
            ?? throw new RetentionException("The repository keeps no policy. Make one with: ebla policy set --keep-daily 7 ...");
        TimeZoneInfo zone = options.Zone ?? ZoneOf(policy);
        RetentionTerms terms = new()
        {
            Zone = zone,
            Now = UnixTime.From(time.GetUtcNow()),
            Filter = options.Filter,
            KeepIds = options.KeepIds.Select(name => list.Find(name).Id).ToHashSet(),
            IsPinned = list.Notes.IsPinned,
            AllowsEmptyGroup = options.AllowsEmptyGroup,
        };
        IReadOnlyList<RetentionGroup> groups = RetentionPlan.Make(list, policy, terms);
        if (!options.IsConfirmed)
        {
            groups = ForgetCaution.Examine(groups, list.Snapshots, list.Notes.Forgets);
        }
        HashSet<ObjectId> gone =
        [
            .. groups.Where(group => group.Objection is null).SelectMany(group => group.Verdicts)
                .Where(verdict => !verdict.IsKept).Select(verdict => verdict.Stored.Id),
        ];
        return new ForgetResult(
            groups, [.. list.Snapshots.Where(stored => gone.Contains(stored.Id))], policy, zone, null, list.Findings);
    }

    private static ForgetResult PlanNamed(SnapshotList list, ForgetOptions options)
    {
        ILookup<string, ObjectId> lost = options.Snapshots
            .SelectMany(name => list.FindMissing(name).Select(id => (Name: name, Id: id)))
            .ToLookup(one => one.Name, one => one.Id);
        HashSet<ObjectId> gone = [.. options.Snapshots.Where(name => !lost.Contains(name)).Select(name => FindToForget(list, name))];
        StoredSnapshot[] forgotten = [.. list.Present.Where(stored => gone.Contains(stored.Id))];
        if (forgotten.FirstOrDefault(stored => list.Notes.IsPinned(stored.Id)) is { } pinned)
        {
            string id = pinned.Id.ToShortString();
            throw new RetentionException($"The snapshot {id} is pinned. To let it go: ebla unpin {id}");
        }
        if (!options.AllowsEmptyGroup)
        {
            RefuseLast(list, gone);
        }
        return new ForgetResult([], forgotten, null, options.Zone ?? TimeZoneInfo.Local, null, list.Findings)
        {
            Lost = [.. lost.SelectMany(ids => ids).Distinct()],
        };
    }

    // Also one that is forgotten already, if a note that is lost may have brought it back.
    private static ObjectId FindToForget(SnapshotList list, string name)
    {
        StoredSnapshot[] inDoubt =
        [
            .. list.Forgotten.Where(
                stored => list.Notes.MayBeBack(stored.Id) && stored.Id.ToString().StartsWith(name, StringComparison.Ordinal)),
        ];
        return inDoubt.Length == 1 && list.Snapshots.All(stored => !stored.Id.ToString().StartsWith(name, StringComparison.Ordinal))
            ? inDoubt[0].Id
            : list.Find(name).Id;
    }

    // The last is a whole one, if there are any: a partial one alone is no backup.
    private static void RefuseLast(SnapshotList list, HashSet<ObjectId> gone)
    {
        RetentionTerms terms = new() { Zone = TimeZoneInfo.Utc, Now = default };
        foreach (RetentionGroup group in RetentionPlan.Make(list, new RetentionPolicy(), terms))
        {
            StoredSnapshot[] all = [.. group.Verdicts.Select(verdict => verdict.Stored)];
            bool hasWhole = all.Any(stored => !stored.Snapshot.IsPartial);
            StoredSnapshot[] counting = [.. all.Where(stored => !hasWhole || !stored.Snapshot.IsPartial)];
            if (counting.All(stored => gone.Contains(stored.Id)))
            {
                Snapshot snapshot = counting[^1].Snapshot;
                throw new RetentionException(
                    $"{counting[^1].Id.ToShortString()} is the last snapshot of {string.Join(' ', snapshot.Paths)} on {snapshot.Host}. To "
                    + "let it go all the same, add --allow-empty-group.");
            }
        }
    }

    private static IEnumerable<RemainingCount> CountRemaining(SnapshotList list, HashSet<ObjectId> gone) => list.Snapshots
        .GroupBy(stored => stored.Snapshot.Writer, stored => !gone.Contains(stored.Id))
        .Select(writer => new RemainingCount(writer.Key, (ulong)writer.Count(remains => remains)))
        .OrderBy(one => one.Writer.Value)
        .Take(NoteCodec.WritersMax);

    private static TimeZoneInfo ZoneOf(RetentionPolicy policy)
    {
        if (policy.TimeZone is not { } name)
        {
            return TimeZoneInfo.Local;
        }
        return TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone)
            ? zone
            : throw new RetentionException(
                $"The policy counts days in the time zone '{name}', which this machine does not know. Install its time zone data (tzdata), "
                + "or give --time-zone.");
    }
}
