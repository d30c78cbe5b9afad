using Ebla.Notes;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Retention;

/// <summary>The retention policy that is kept in the repository.</summary>
public static class PolicyOperation
{
    /// <summary>The policy in force; null if there is none.</summary>
    /// <exception cref="UnsupportedFormatException">It has a rule that this version does not know.</exception>
    /// <exception cref="CorruptDataException">A note cannot be read: it may hold a newer policy.</exception>
    public static async Task<RetentionPolicy?> ReadAsync(Repository repository, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(repository);
        NoteList notes = await new NoteStore(repository).LoadAsync(cancellationToken).ConfigureAwait(false);
        notes.RequireWhole();
        return PolicyOf(notes);
    }

    /// <summary>Puts another policy in force; null: none.</summary>
    public static async Task WriteAsync(Repository repository, RetentionPolicy? policy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(repository);
        NoteStore store = new(repository);
        store.RequireMayWrite();
        await UploadSession.RefuseSettingsAsync(repository.Backend, cancellationToken).ConfigureAwait(false);
        NoteList notes = await store.LoadAsync(cancellationToken).ConfigureAwait(false);
        _ = await store.PutAsync(
            new Note(NoteType.Policy, notes.NextNumber) { Policy = RetentionPolicyCodec.Encode(policy) }, cancellationToken)
            .ConfigureAwait(false);
    }

    internal static RetentionPolicy? PolicyOf(NoteList notes)
        => notes.Policy is { } stored ? RetentionPolicyCodec.Decode(stored) : null;
}
