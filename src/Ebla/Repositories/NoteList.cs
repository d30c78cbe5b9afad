using Ebla.Notes;
using Ebla.Primitives;

namespace Ebla.Repositories;

/// <summary>What the notes of a repository say together.</summary>
/// <remarks>
/// A note that cannot be read is a finding. For a reader that is no danger: at worst it shows a snapshot too many, or one too few that was
/// undeleted. Whoever takes away must stop: the note may pin a snapshot, or take a forget back (<see cref="RequireWhole"/>).
/// </remarks>
internal sealed class NoteList
{
    private readonly Dictionary<ObjectId, (ForgottenSnapshot Snapshot, List<ObjectId> Notes)> _forgotten = [];
    private readonly Dictionary<ObjectId, List<ObjectId>> _pinned = [];
    private readonly HashSet<ObjectId> _removed;
    private readonly Dictionary<ObjectId, ulong> _lastForget = [];

    /// <param name="notes">Those of members who may say such things, with their names.</param>
    /// <param name="findings">Notes that could not be read.</param>
    /// <param name="powerless">Objects that are whole, but say nothing that counts: not signed by a member who may.</param>
    public NoteList(
        IEnumerable<(ObjectId Id, Note Note)> notes, IReadOnlyList<CatalogFinding> findings, IReadOnlyList<CatalogFinding> powerless)
    {
        (ObjectId Id, Note Note)[] all = [.. notes.OrderBy(one => one.Note.Number).ThenBy(one => one.Id)];
        Findings = findings;
        Powerless = powerless;
        _removed = [.. all.SelectMany(one => one.Note.Removed)];
        HashSet<Withdrawal> withdrawn = [.. all.SelectMany(one => one.Note.Withdrawn).Where(one => !_removed.Contains(one.Snapshot))];
        foreach ((ObjectId id, Note note) in all)
        {
            foreach (ForgottenSnapshot forgotten in note.Forgotten.Where(one => !withdrawn.Contains(new Withdrawal(id, one.Snapshot))))
            {
                if (!_forgotten.TryAdd(forgotten.Snapshot, (forgotten, [id])))
                {
                    _forgotten[forgotten.Snapshot].Notes.Add(id);
                }
                _lastForget[forgotten.Snapshot] = note.Number;
            }
            foreach (ObjectId pinned in note.Pinned.Where(one => !withdrawn.Contains(new Withdrawal(id, one))))
            {
                if (!_pinned.TryAdd(pinned, [id]))
                {
                    _pinned[pinned].Add(id);
                }
            }
        }
        Forgets = [.. all.Where(one => one.Note.Type == NoteType.Forgotten).Select(one => one.Note)];
        Policy = all.LastOrDefault(one => one.Note.Type == NoteType.Policy).Note?.Policy;
        (MissingNumber, LastMissingNumber) = FindMissing(all);
        NextNumber = all.Length == 0 ? 1 : all[^1].Note.Number == ulong.MaxValue ? ulong.MaxValue : all[^1].Note.Number + 1;
    }

    /// <summary>A repository without notes.</summary>
    public static NoteList Empty { get; } = new([], [], []);

    /// <summary>The snapshots that no longer count, whether they are still there or not.</summary>
    public IEnumerable<ForgottenSnapshot> Forgotten => _forgotten.Values.Select(one => one.Snapshot);

    /// <summary>All notes that forget, by number.</summary>
    public IReadOnlyList<Note> Forgets { get; }

    /// <summary>The newest policy as it is stored; null if there never was one.</summary>
    public ReadOnlyMemory<byte>? Policy { get; }

    /// <summary>
    /// The lowest number that no note has although a later one is there; null if there is none. A note gets the next number of those that
    /// its writer saw, so one was there, and is lost or hidden. Several may have one number.
    /// </summary>
    public ulong? MissingNumber { get; }

    /// <summary>The highest such number; 0 if there is none.</summary>
    public ulong LastMissingNumber { get; }

    /// <summary>The number for a new note.</summary>
    public ulong NextNumber { get; }

    /// <summary>Notes that could not be read.</summary>
    public IReadOnlyList<CatalogFinding> Findings { get; }

    /// <summary>Objects that are as they were put, but not notes of a member who may write notes. They count for nothing.</summary>
    public IReadOnlyList<CatalogFinding> Powerless { get; }

    /// <summary>Whether the snapshot no longer counts.</summary>
    public bool IsForgotten(ObjectId snapshot) => _forgotten.ContainsKey(snapshot) || _removed.Contains(snapshot);

    /// <summary>Whether a prune has decided to remove the snapshot, which nothing can undo.</summary>
    public bool IsRemoved(ObjectId snapshot) => _removed.Contains(snapshot);

    /// <summary>
    /// Whether a note that is lost may have brought the forgotten snapshot back: one that came after the last that forgets it. Then whoever takes
    /// away must let it be, until somebody forgets it again.
    /// </summary>
    public bool MayBeBack(ObjectId snapshot)
        => !_removed.Contains(snapshot) && _lastForget.TryGetValue(snapshot, out ulong number) && number < LastMissingNumber;

    /// <summary>Whether the snapshot must not be forgotten.</summary>
    public bool IsPinned(ObjectId snapshot) => _pinned.ContainsKey(snapshot);

    /// <summary>The notes that forget the snapshot: all of them must be withdrawn for it to count again.</summary>
    public IReadOnlyList<ObjectId> ForgottenBy(ObjectId snapshot)
        => _forgotten.TryGetValue(snapshot, out (ForgottenSnapshot Snapshot, List<ObjectId> Notes) found) ? found.Notes : [];

    /// <summary>The notes that pin the snapshot.</summary>
    public IReadOnlyList<ObjectId> PinnedBy(ObjectId snapshot) => _pinned.GetValueOrDefault(snapshot) ?? [];

    /// <summary>For whoever takes away: stops where a note that cannot be read might forbid it.</summary>
    /// <exception cref="CorruptDataException">A note cannot be read.</exception>
    public void RequireWhole()
    {
        if (Findings.Count > 0)
        {
            throw new CorruptDataException(
                $"{Findings[0].Name} cannot be read ({Findings[0].Message}) It may pin snapshots or bring them back, so nothing is taken away "
                + "until it is healed from a copy, or removed by you. Run ebla check.");
        }
    }

    // The lowest, and the highest; null and 0 if none is.
    private static (ulong? First, ulong Last) FindMissing((ObjectId Id, Note Note)[] byNumber)
    {
        (ulong? First, ulong Last) missing = (null, 0);
        ulong last = 0;
        foreach ((_, Note note) in byNumber)
        {
            if (note.Number - last > 1)
            {
                missing = (missing.First ?? last + 1, note.Number - 1);
            }
            last = note.Number;
        }
        return missing;
    }
}
