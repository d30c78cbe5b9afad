using Ebla.Primitives;
using Ebla.Snapshots;

namespace Ebla.Repositories;

/// <summary>The snapshots as one listing found them.</summary>
/// <param name="Snapshots">Those that count, oldest first.</param>
/// <param name="Findings">Snapshot objects that could not be read.</param>
public sealed record SnapshotList(IReadOnlyList<StoredSnapshot> Snapshots, IReadOnlyList<CatalogFinding> Findings)
{
    private const int PrefixLengthMin = 4;

    /// <summary>Those that a note forgets and no prune has removed yet, oldest first.</summary>
    public IReadOnlyList<StoredSnapshot> Forgotten { get; init; } = [];

    /// <summary>Notes that could not be read: one of them may forget, pin or bring back a snapshot.</summary>
    public IReadOnlyList<CatalogFinding> NoteFindings => Notes.Findings;

    /// <summary>What was said of the snapshots.</summary>
    internal NoteList Notes { get; init; } = NoteList.Empty;

    /// <summary>All that are there, whether they count or not. No order.</summary>
    internal IEnumerable<StoredSnapshot> Present => Snapshots.Concat(Forgotten);

    /// <summary>
    /// Snapshots that one which is there knew, and which are not there although no note says that they are forgotten: lost, or removed by hand.
    /// Of a writer whose snapshots are lost one after the other, the last.
    /// </summary>
    internal IEnumerable<(KnownWriter Lost, StoredSnapshot KnownBy)> Missing
    {
        get
        {
            HashSet<ObjectId> accountedFor = [.. Present.Select(stored => stored.Id), .. Findings.Select(finding => finding.Name.Id)];
            foreach (StoredSnapshot stored in Present)
            {
                foreach (KnownWriter known in stored.Snapshot.Known)
                {
                    if (!Notes.IsForgotten(known.Snapshot) && accountedFor.Add(known.Snapshot))
                    {
                        yield return (known, stored);
                    }
                }
            }
        }
    }

    /// <summary>
    /// The snapshots without those partial ones that a later one of the same host, writer and paths supersedes: a whole one, or a partial
    /// one of the same run.
    /// </summary>
    public IReadOnlyList<StoredSnapshot> WithoutSuperseded()
    {
        HashSet<StoredSnapshot> superseded = new(ReferenceEqualityComparer.Instance);
        foreach (IGrouping<(ByteName, MemberId, ByteName), StoredSnapshot> line in Snapshots.GroupBy(
            stored => (stored.Snapshot.Host, stored.Snapshot.Writer, KeyOf(stored.Snapshot.Paths))))
        {
            Snapshot? later = null;
            foreach (StoredSnapshot stored in line.OrderByDescending(stored => stored.Snapshot.Sequence))
            {
                if (stored.Snapshot.IsPartial && later is not null && (!later.IsPartial || later.Time == stored.Snapshot.Time))
                {
                    _ = superseded.Add(stored);
                    continue;
                }
                later = later is { IsPartial: false } ? later : stored.Snapshot;
            }
        }
        return superseded.Count == 0 ? Snapshots : [.. Snapshots.Where(stored => !superseded.Contains(stored))];
    }

    /// <summary>
    /// Finds a snapshot by what a user types: <c>latest</c>, <c>latest:HOST</c>, or the start of an id. The latest is a whole one, if
    /// there is any.
    /// </summary>
    /// <exception cref="SnapshotNotFoundException">None fits, or more than one.</exception>
    /// <exception cref="CorruptDataException">It is damaged.</exception>
    public StoredSnapshot Find(string name)
    {
        if (name == "latest" || name.StartsWith("latest:", StringComparison.Ordinal))
        {
            string host = name.Length > "latest".Length ? name["latest:".Length..] : "";
            StoredSnapshot[] found = [.. Snapshots.Where(stored => host.Length == 0 || stored.Snapshot.Host == ByteName.FromText(host))];
            return found.LastOrDefault(stored => !stored.Snapshot.IsPartial) ?? found.LastOrDefault()
                ?? throw NotFound(host.Length == 0 ? "There is no snapshot yet." : $"There is no snapshot of host {host}.");
        }
        if (name.Length < PrefixLengthMin || !name.All(char.IsAsciiHexDigitLower))
        {
            throw NotFound($"'{name}' is not a snapshot: give 'latest', 'latest:HOST' or at least {PrefixLengthMin} digits of an id.");
        }
        StoredSnapshot[] matches = [.. Snapshots.Where(stored => stored.Id.ToString().StartsWith(name, StringComparison.Ordinal))];
        return matches.Length switch
        {
            1 => matches[0],
            0 when Forgotten.Any(stored => stored.Id.ToString().StartsWith(name, StringComparison.Ordinal)) => throw NotFound(
                $"The snapshot {name} is forgotten. As long as no prune has removed it, this brings it back: ebla undelete {name}"),
            0 => throw Unreadable(name) ?? (EblaException)NotFound($"There is no snapshot whose id begins with {name}."),
            _ => throw NotFound($"{matches.Length} snapshots have ids that begin with {name}: give more digits."),
        };
    }

    /// <summary>Finds a forgotten snapshot by the start of its id; null if the snapshot counts.</summary>
    /// <exception cref="SnapshotNotFoundException">None fits, or more than one; or the objects of a forgotten one are gone.</exception>
    internal StoredSnapshot? FindForgotten(string name)
    {
        if (name.Length < PrefixLengthMin || !name.All(char.IsAsciiHexDigitLower))
        {
            throw NotFound($"'{name}' is no id: give at least {PrefixLengthMin} digits of it. ebla snapshots --forgotten lists them.");
        }
        StoredSnapshot[] matches = [.. Present.Where(stored => stored.Id.ToString().StartsWith(name, StringComparison.Ordinal))];
        if (matches.Length == 1)
        {
            return Notes.IsForgotten(matches[0].Id) ? matches[0] : null;
        }
        throw (matches.Length == 0 ? Unreadable(name) : null) ?? (EblaException)NotFound(
            matches.Length > 1 ? $"{matches.Length} snapshots have ids that begin with {name}: give more digits."
            : Notes.Forgotten.Any(one => one.Snapshot.ToString().StartsWith(name, StringComparison.Ordinal))
            ? $"It is too late for {name}: it was forgotten, and a prune has removed it."
            : $"There is no snapshot whose id begins with {name}.");
    }

    /// <summary>The missing snapshot whose id begins so; none unless exactly one does, and none that is there.</summary>
    internal IEnumerable<ObjectId> FindMissing(string name)
    {
        if (name.Length < PrefixLengthMin || Present.Any(stored => stored.Id.ToString().StartsWith(name, StringComparison.Ordinal)))
        {
            return [];
        }
        ObjectId[] found =
            [.. Missing.Select(one => one.Lost.Snapshot).Where(id => id.ToString().StartsWith(name, StringComparison.Ordinal))];
        return found.Length == 1 ? found : [];
    }

    /// <summary>
    /// The newest snapshot of each writer: what a new snapshot says that its writer knew. Forgotten ones too, and those of them that are
    /// gone: no number is given twice, and none that was removed in order leaves a hole.
    /// </summary>
    internal IReadOnlyList<KnownWriter> NewestOfWriters() =>
    [
        .. Present
            .Select(stored => new KnownWriter(stored.Snapshot.Writer, stored.Snapshot.Sequence, stored.Id))
            .Concat(Notes.Forgotten.Select(one => new KnownWriter(one.Writer, one.Sequence, one.Snapshot)))
            .GroupBy(known => known.Writer)
            .Select(group => group.MaxBy(known => known.Sequence))
            .OrderBy(known => known.Writer.Value),
    ];

    // No path holds a zero byte.
    private static ByteName KeyOf(IReadOnlyList<ByteName> paths)
        => new([.. paths.SelectMany(path => (byte[])[.. path.Span, 0])]);

    private SnapshotNotFoundException NotFound(string message) => new(
        Findings.Count == 0 ? message : $"{message} (Snapshot objects that could not be read: {Findings.Count}. Run ebla check.)");

    // It is there, but nobody can tell what it was; so it can neither be restored nor forgotten.
    private CorruptDataException? Unreadable(string name)
        => Findings.FirstOrDefault(finding => finding.Name.Id.ToString().StartsWith(name, StringComparison.Ordinal)) is { } finding
            ? new($"{finding.Message} Put it back from a copy of the store, or delete this object there: nothing else can be done with it.")
            : null;
}
