using Ebla.Notes;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Retention;

/// <summary>Pins snapshots, so that no rule forgets them, and lets them go again.</summary>
public static class PinOperation
{
    /// <summary>Pins snapshots. What is pinned stays so.</summary>
    /// <returns>Those that were not pinned before.</returns>
    /// <exception cref="SnapshotNotFoundException">A snapshot is not there.</exception>
    /// <exception cref="RetentionException">A snapshot was forgotten at the same time.</exception>
    public static async Task<IReadOnlyList<StoredSnapshot>> PinAsync(
        Repository repository, IReadOnlyList<string> snapshots, CancellationToken cancellationToken)
    {
        (NoteStore store, SnapshotList list, IReadOnlyList<StoredSnapshot> found)
            = await FindAsync(repository, snapshots, cancellationToken).ConfigureAwait(false);
        StoredSnapshot[] pinned = [.. found.Where(stored => !list.Notes.IsPinned(stored.Id))];
        if (pinned.Length > 0)
        {
            Note note = new(NoteType.Pinned, list.Notes.NextNumber) { Pinned = [.. pinned.Select(stored => stored.Id)] };
            _ = await store.PutAsync(note, cancellationToken).ConfigureAwait(false);
        }
        // A forget that looked before the pin was there has not seen it. Either it sees the pin, or this sees the forget.
        NoteList after = await store.LoadAsync(cancellationToken).ConfigureAwait(false);
        if (found.FirstOrDefault(stored => after.IsForgotten(stored.Id)) is { } lost)
        {
            string id = lost.Id.ToShortString();
            throw new RetentionException($"The snapshot {id} was forgotten while it was being pinned. To bring it back: ebla undelete {id}");
        }
        return pinned;
    }

    /// <summary>Lets snapshots go again.</summary>
    /// <returns>Those that were pinned.</returns>
    /// <exception cref="SnapshotNotFoundException">A snapshot is not there.</exception>
    public static async Task<IReadOnlyList<StoredSnapshot>> UnpinAsync(
        Repository repository, IReadOnlyList<string> snapshots, CancellationToken cancellationToken)
    {
        (NoteStore store, SnapshotList list, IReadOnlyList<StoredSnapshot> found)
            = await FindAsync(repository, snapshots, cancellationToken).ConfigureAwait(false);
        StoredSnapshot[] pinned = [.. found.Where(stored => list.Notes.IsPinned(stored.Id))];
        Withdrawal[] withdrawals =
            [.. pinned.SelectMany(stored => list.Notes.PinnedBy(stored.Id).Select(note => new Withdrawal(note, stored.Id)))];
        if (withdrawals.Length > 0)
        {
            _ = await store.PutAsync(
                new Note(NoteType.Withdrawn, list.Notes.NextNumber) { Withdrawn = withdrawals }, cancellationToken).ConfigureAwait(false);
        }
        return pinned;
    }

    /// <summary>Which of the snapshots in a list are pinned.</summary>
    public static bool IsPinned(SnapshotList snapshots, ObjectId id)
    {
        ArgumentNullException.ThrowIfNull(snapshots);
        return snapshots.Notes.IsPinned(id);
    }

    private static async Task<(NoteStore Store, SnapshotList List, IReadOnlyList<StoredSnapshot> Found)> FindAsync(
        Repository repository, IReadOnlyList<string> snapshots, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(snapshots);
        NoteStore store = new(repository);
        store.RequireMayWrite();
        await UploadSession.RefuseSettingsAsync(repository.Backend, cancellationToken).ConfigureAwait(false);
        SnapshotList list = await new SnapshotStore(repository).LoadAsync(cancellationToken).ConfigureAwait(false);
        return (store, list, [.. snapshots.Select(list.Find).DistinctBy(stored => stored.Id)]);
    }
}
