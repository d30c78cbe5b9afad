using Ebla.Primitives;
using Ebla.Snapshots;

namespace Ebla.Repositories;

/// <summary>The snapshots as one listing found them.</summary>
/// <param name="Snapshots">Oldest first.</param>
/// <param name="Findings">Snapshot objects that could not be read.</param>
public sealed record SnapshotList(IReadOnlyList<StoredSnapshot> Snapshots, IReadOnlyList<CatalogFinding> Findings)
{
    private const int PrefixLengthMin = 4;

    /// <summary>Finds a snapshot by what a user types: <c>latest</c>, <c>latest:HOST</c>, or the start of an id.</summary>
    /// <exception cref="SnapshotNotFoundException">None fits, or more than one.</exception>
    public StoredSnapshot Find(string name)
    {
        if (name == "latest" || name.StartsWith("latest:", StringComparison.Ordinal))
        {
            string host = name.Length > "latest".Length ? name["latest:".Length..] : "";
            return Snapshots.LastOrDefault(stored => host.Length == 0 || stored.Snapshot.Host == ByteName.FromText(host))
                ?? throw NotFound(host.Length == 0 ? "There is no snapshot yet." : $"There is no snapshot of host {host}.");
        }
        if (name.Length < PrefixLengthMin || !name.All(char.IsAsciiHexDigitLower))
        {
            throw NotFound($"'{name}' is not a snapshot: give 'latest', 'latest:HOST' or at least {PrefixLengthMin} digits of an id.");
        }
        StoredSnapshot[] found = [.. Snapshots.Where(stored => stored.Id.ToString().StartsWith(name, StringComparison.Ordinal))];
        return found.Length switch
        {
            1 => found[0],
            0 => throw NotFound($"There is no snapshot whose id begins with {name}."),
            _ => throw NotFound($"{found.Length} snapshots have ids that begin with {name}: give more digits."),
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

    private SnapshotNotFoundException NotFound(string message) => new(
        Findings.Count == 0 ? message : $"{message} ({Findings.Count} snapshot objects could not be read: run ebla check.)");
}
