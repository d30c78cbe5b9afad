using Ebla.Notes;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Retention;

/// <summary>Brings forgotten snapshots back, as long as no prune has begun to remove them.</summary>
public static class UndeleteOperation
{
    /// <summary>Those forgotten snapshots of a list that can still be brought back, oldest first.</summary>
    public static async Task<IReadOnlyList<StoredSnapshot>> ListAsync(
        Repository repository, SnapshotList list, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(list);
        if (list.Forgotten.Count == 0)
        {
            return [];
        }
        CondemnedNames condemned = await new CondemnedStore(repository.Backend, repository.Keys).LoadAsync(cancellationToken)
            .ConfigureAwait(false);
        return [.. list.Forgotten.Where(stored => !IsTooLate(stored, condemned, list.Notes))];
    }

    /// <summary>Brings snapshots back: all of them, or none (docs/prune.md, section "Forget, undelete, grace").</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="snapshots">The starts of their ids. Those that count are passed over.</param>
    /// <param name="cancellationToken">Cancels; before the note is put nothing has changed.</param>
    /// <returns>Those that were brought back, for good.</returns>
    /// <exception cref="SnapshotNotFoundException">A snapshot is not there, and was not forgotten.</exception>
    /// <exception cref="RetentionException">A prune was faster, or may have been.</exception>
    public static async Task<IReadOnlyList<StoredSnapshot>> RunAsync(
        Repository repository, IReadOnlyList<string> snapshots, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(snapshots);
        NoteStore notes = new(repository);
        CondemnedStore condemned = new(repository.Backend, repository.Keys);
        notes.RequireMayWrite();
        await UploadSession.RefuseSettingsAsync(repository.Backend, cancellationToken).ConfigureAwait(false);
        SnapshotList list = await new SnapshotStore(repository).LoadAsync(cancellationToken).ConfigureAwait(false);
        StoredSnapshot[] forgotten =
            [.. snapshots.Select(list.FindForgotten).OfType<StoredSnapshot>().DistinctBy(stored => stored.Id)];
        CondemnedNames before = await condemned.LoadAsync(cancellationToken).ConfigureAwait(false);
        if (forgotten.FirstOrDefault(stored => IsTooLate(stored, before, list.Notes)) is { } late)
        {
            throw new RetentionException(
                $"It is too late for {late.Id.ToShortString()}: a prune has begun to remove it. Nothing was brought back.");
        }
        if (forgotten.Length == 0)
        {
            return [];
        }
        Withdrawal[] withdrawals =
            [.. forgotten.SelectMany(stored => list.Notes.ForgottenBy(stored.Id).Select(note => new Withdrawal(note, stored.Id)))];
        // From here on cancelling would not tell what happened.
        _ = await notes.PutAsync(
            new Note(NoteType.Withdrawn, list.Notes.NextNumber) { Withdrawn = withdrawals }, CancellationToken.None).ConfigureAwait(false);
        // A prune that condemns them after this look reads the notes later still. One that did before may have read them already.
        CondemnedNames after = await condemned.LoadAsync(CancellationToken.None).ConfigureAwait(false);
        return forgotten.FirstOrDefault(stored => after.Snapshots.Contains(stored.Id)) is { } open
            ? throw new RetentionException(
                $"A prune began to remove {open.Id.ToShortString()} at the same moment. Which of the two was faster will show when it is done: "
                + "look with ebla snapshots.")
            : forgotten;
    }

    private static bool IsTooLate(StoredSnapshot stored, CondemnedNames condemned, NoteList notes)
        => condemned.Snapshots.Contains(stored.Id) || notes.IsRemoved(stored.Id);
}
