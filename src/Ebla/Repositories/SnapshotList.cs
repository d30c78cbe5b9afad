using Ebla.Primitives;
using Ebla.Snapshots;

namespace Ebla.Repositories;

/// <summary>The snapshots as one listing found them.</summary>
/// <param name="Snapshots">Oldest first.</param>
/// <param name="Findings">Snapshot objects that could not be read.</param>
public sealed record SnapshotList(IReadOnlyList<StoredSnapshot> Snapshots, IReadOnlyList<CatalogFinding> Findings)
{
    private const int PrefixLengthMin = 4;

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
            0 => throw NotFound($"There is no snapshot whose id begins with {name}."),
            _ => throw NotFound($"{matches.Length} snapshots have ids that begin with {name}: give more digits."),
        };
    }

    /// <summary>The newest snapshot of each writer: what a new snapshot says that its writer knew.</summary>
    internal IReadOnlyList<KnownWriter> NewestOfWriters() =>
    [
        .. Snapshots
            .GroupBy(stored => stored.Snapshot.Writer)
            .Select(group => group.MaxBy(stored => stored.Snapshot.Sequence)!)
            .Select(stored => new KnownWriter(stored.Snapshot.Writer, stored.Snapshot.Sequence, stored.Id))
            .OrderBy(known => known.Writer.Value),
    ];

    // No path holds a zero byte.
    private static ByteName KeyOf(IReadOnlyList<ByteName> paths)
        => new([.. paths.SelectMany(path => (byte[])[.. path.Span, 0])]);

    private SnapshotNotFoundException NotFound(string message) => new(
        Findings.Count == 0 ? message : $"{message} ({Findings.Count} snapshot objects could not be read: run ebla check.)");
}
