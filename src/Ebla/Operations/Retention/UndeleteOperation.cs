using Ebla.Notes;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Snapshots;

namespace Ebla.Operations.Retention;

/// <summary>Brings forgotten snapshots back, as long as no prune has begun to remove them.</summary>
public static class UndeleteOperation
{
    private const int AttemptsMax = 3;

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

    /// <summary>Brings snapshots back: all of them, or none.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="snapshots">The starts of their ids. Those that count are passed over.</param>
    /// <param name="cancellationToken">Cancels; before the note is put nothing has changed.</param>
    /// <returns>Those that were brought back.</returns>
    /// <exception cref="SnapshotNotFoundException">A snapshot is not there, and was not forgotten.</exception>
    /// <exception cref="RetentionException">A prune was faster.</exception>
    /// <exception cref="FencedException">A prune declared this session dead, several times.</exception>
    public static async Task<IReadOnlyList<StoredSnapshot>> RunAsync(
        Repository repository, IReadOnlyList<string> snapshots, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(snapshots);
        NoteStore notes = new(repository);
        notes.RequireMayWrite();
        await UploadSession.RefuseSettingsAsync(repository.Backend, cancellationToken).ConfigureAwait(false);
        for (int attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            if (await TryAsync(repository, notes, snapshots, cancellationToken).ConfigureAwait(false) is { } broughtBack)
            {
                return broughtBack;
            }
        }
        throw new FencedException("Another machine kept declaring this session dead. Run it again.");
    }

    // As a writer does that commits a snapshot (docs/design.md, "Commit"). A prune that condemns these snapshots after this session was
    // announced waits for it, and then sees the note. One that condemned them before is seen here.
    private static async Task<IReadOnlyList<StoredSnapshot>?> TryAsync(
        Repository repository, NoteStore notes, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        SessionRegister register = new(repository.Backend, repository.Keys);
        await register.AnnounceAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            CondemnedNames condemned = await new CondemnedStore(repository.Backend, repository.Keys).LoadAsync(cancellationToken)
                .ConfigureAwait(false);
            SnapshotList list = await new SnapshotStore(repository).LoadAsync(cancellationToken).ConfigureAwait(false);
            StoredSnapshot[] forgotten =
                [.. names.Select(name => list.FindForgotten(name)).OfType<StoredSnapshot>().DistinctBy(stored => stored.Id)];
            if (forgotten.FirstOrDefault(stored => IsTooLate(stored, condemned, list.Notes)) is { } late)
            {
                throw TooLate(late.Id);
            }
            if (forgotten.Length == 0)
            {
                return [];
            }
            List<ReadOnlyMemory<byte>> contents = [];
            foreach (StoredSnapshot stored in forgotten)
            {
                contents.Add(await repository.Objects.TryReadAsync(
                    new ObjectName(ObjectKind.Snapshot, stored.Id), SnapshotCodec.SizeInBytesMax, cancellationToken).ConfigureAwait(false)
                    ?? throw TooLate(stored.Id));
            }
            IReadOnlyList<ObjectName> intents = await register.IntendAsync(contents, cancellationToken).ConfigureAwait(false);
            bool stands = await register.StandsAsync(cancellationToken).ConfigureAwait(false);
            if (stands)
            {
                Withdrawal[] withdrawals =
                    [.. forgotten.SelectMany(stored => list.Notes.ForgottenBy(stored.Id).Select(note => new Withdrawal(note, stored.Id)))];
                // From here on cancelling would not tell what happened.
                _ = await notes.PutAsync(
                    new Note(NoteType.Withdrawn, list.Notes.NextNumber) { Withdrawn = withdrawals }, CancellationToken.None)
                    .ConfigureAwait(false);
            }
            if (repository.Backend.Capabilities.CanDelete)
            {
                foreach (ObjectName intent in intents)
                {
                    await repository.Backend.DeleteAsync(intent, CancellationToken.None).ConfigureAwait(false);
                }
            }
            return stands ? forgotten : null;
        }
        finally
        {
            await register.EndAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static bool IsTooLate(StoredSnapshot stored, CondemnedNames condemned, NoteList notes)
        => condemned.Snapshots.Contains(stored.Id) || notes.IsRemoved(stored.Id);

    private static RetentionException TooLate(ObjectId id) => new(
        $"It is too late for {id.ToShortString()}: a prune has begun to remove it. Nothing was brought back.");
}
