using System.Buffers;
using Ebla.Backends;
using Ebla.Keys;
using Ebla.Notes;
using Ebla.Primitives;

namespace Ebla.Repositories;

/// <summary>The notes of a repository. Who judges snapshots by them lists the snapshots first and the notes after.</summary>
/// <param name="repository">The repository.</param>
/// <param name="metadata">Keeps what was read; null for a reader that believes only the store.</param>
internal sealed class NoteStore(Repository repository, MetadataCache? metadata)
{
    private const int AttemptsMax = 3;

    public NoteStore(Repository repository)
        : this(repository, repository.Metadata)
    {
    }

    /// <summary>Whether the member's notes count: the owner's and maintainers' do, those of machines that only back up do not.</summary>
    public static bool MayWrite(UnlockedKeys keys, MemberId member)
        => keys.Members.TryGetValue(member, out KnownMember? known) && known.Role is MemberRole.Owner or MemberRole.Maintainer;

    /// <summary>All notes, as far as they can be read.</summary>
    public async Task<NoteList> LoadAsync(CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            List<ObjectInfo> listed = await Concurrently.ReadAllAsync(repository.Backend.ListAsync(ObjectKind.Note, cancellationToken))
                .ConfigureAwait(false);
            (NoteList list, bool isMissing) = await ReadAsync(listed, cancellationToken).ConfigureAwait(false);
            // Notes are deleted only after a new one that says the same was put: the next listing has it.
            if (!isMissing || attempt == AttemptsMax)
            {
                return list;
            }
        }
    }

    /// <summary>Puts a note; durable when this returns.</summary>
    /// <exception cref="AccessDeniedException">Notes of this member do not count.</exception>
    public async Task<ObjectId> PutAsync(Note note, CancellationToken cancellationToken)
    {
        RequireMayWrite();
        (ObjectName name, byte[] content) = NoteCodec.Seal(repository.Keys, note);
        await repository.Backend.PutAsync(name, new ReadOnlySequence<byte>(content), cancellationToken).ConfigureAwait(false);
        await repository.Backend.FlushAsync(cancellationToken).ConfigureAwait(false);
        metadata?.Add(name.Id.Value, content);
        return name.Id;
    }

    /// <summary>Refuses before the work.</summary>
    /// <exception cref="AccessDeniedException">Notes of this member do not count.</exception>
    public void RequireMayWrite()
    {
        if (!MayWrite(repository.Keys, repository.Keys.Member.Id))
        {
            throw new AccessDeniedException(
                "The key at hand may add backups, but neither forget, pin nor bring back. Use the owner's, or a maintainer's.");
        }
    }

    private async Task<(NoteList List, bool IsMissing)> ReadAsync(List<ObjectInfo> listed, CancellationToken cancellationToken)
    {
        List<(ObjectId Id, Note Note)> notes = [];
        List<CatalogFinding> findings = [];
        List<CatalogFinding> powerless = [];
        bool isMissing = false;
        await foreach ((ObjectInfo info, Task<byte[]?> reading) in Concurrently.ForEachAsync(
            listed, ReadAsync, Concurrently.SmallObjects, cancellationToken).ConfigureAwait(false))
        {
            byte[]? content;
            try
            {
                content = await reading.ConfigureAwait(false);
            }
            catch (CorruptDataException exception)
            {
                findings.Add(new CatalogFinding(info.Name, exception.Message));
                continue;
            }
            if (content is null)
            {
                isMissing = true;
                findings.Add(new CatalogFinding(info.Name, $"{info.Name} is listed but missing."));
                continue;
            }
            try
            {
                Note note = NoteCodec.Open(repository.Keys, content, out MemberId signer);
                if (MayWrite(repository.Keys, signer))
                {
                    notes.Add((info.Name.Id, note));
                }
                else
                {
                    powerless.Add(new CatalogFinding(info.Name, $"{info.Name} is signed by {signer}, whose notes do not count."));
                }
            }
            catch (CorruptDataException exception)
            {
                // The bytes are those that the name was made of: this is what somebody put, and never was a note. Were it to stop a forget
                // or a prune, then anyone who can put an object could.
                powerless.Add(new CatalogFinding(info.Name, exception.Message));
            }
            catch (UnsupportedFormatException exception)
            {
                findings.Add(new CatalogFinding(info.Name, exception.Message));
            }
        }
        return (new NoteList(notes, findings, powerless), isMissing);
    }

    private async Task<byte[]?> ReadAsync(ObjectInfo info, CancellationToken cancellationToken)
    {
        if (metadata?.TryRead(info.Name.Id.Value, NoteCodec.BodySizeInBytesMax * 2L) is { } cached)
        {
            return cached;
        }
        byte[]? content = await repository.Objects.TryReadAsync(info.Name, NoteCodec.BodySizeInBytesMax * 2L, cancellationToken)
            .ConfigureAwait(false);
        if (content is not null)
        {
            metadata?.Add(info.Name.Id.Value, content);
        }
        return content;
    }
}
