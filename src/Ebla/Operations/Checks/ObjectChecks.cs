using Ebla.Backends;
using Ebla.Hashing;
using Ebla.Keys;
using Ebla.Operations.KeySlots;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Sessions;

namespace Ebla.Operations.Checks;

/// <summary>Checks what stands by itself: header, keys, settings, sessions, condemned records, notes.</summary>
internal sealed class ObjectChecks(Repository repository, CheckReport report, CancellationToken cancellationToken)
{
    // Kinds that this version does not write yet; each is small.
    private const long OtherSizeInBytesMax = 64 << 20;

    private readonly IBackend _backend = repository.Backend;
    private readonly UnlockedKeys _keys = repository.Keys;

    public async Task CheckHeaderAsync()
    {
        try
        {
            byte[]? header = await _backend.ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
            if (header is null)
            {
                report.Add(CheckSeverity.Damage, CheckSubject.Header, "The header is missing: the repository cannot be "
                    + "opened again.");
            }
            else if (RepositoryHeader.Read(header) != _keys.Header)
            {
                report.Add(CheckSeverity.Damage, CheckSubject.Header, "The header is not that of this repository: it was "
                    + "replaced.");
            }
        }
        catch (Exception exception) when (CheckReport.IsOfObject(exception))
        {
            report.Add(CheckSeverity.Damage, CheckSubject.Header, exception.Message);
        }
    }

    public async Task CheckKeysAsync()
    {
        KeyInventory inventory = await KeyInventory.LoadAsync(repository, cancellationToken).ConfigureAwait(false);
        HashSet<ObjectId> reported = [];
        foreach (CatalogFinding finding in inventory.Findings)
        {
            _ = reported.Add(finding.Name.Id);
            report.Add(CheckSeverity.Damage, finding.Name, finding.Message);
        }
        foreach (KeyFinding finding in _keys.Findings.Where(finding => reported.Add(finding.Id)))
        {
            report.AddFailure(new ObjectName(ObjectKind.Key, finding.Id), finding.Error);
        }
        if (!inventory.Slots.Any(slot => slot.Member == _keys.Member.Id))
        {
            report.Add(CheckSeverity.Damage, CheckSubject.Key, "No key slot of this member is left: it cannot open the "
                + "repository again.");
        }
        else if (_keys.Slots.FirstOrDefault(slot => slot.IsOpened) is { } opened
            && !reported.Contains(opened.Id) && inventory.Slots.All(slot => slot.Id != opened.Id))
        {
            report.Add(
                CheckSeverity.Warning, new ObjectName(ObjectKind.Key, opened.Id),
                "The key slot that opened the repository is gone: it was removed meanwhile.");
        }
        if (inventory.Members.All(member => member.Id != _keys.Member.Id) && !HasDamagedKey(reported))
        {
            report.Add(CheckSeverity.Damage, CheckSubject.Key, $"The root key's statement on member {_keys.Member.Id} is "
                + "missing.");
        }
        foreach (RingKeys ring in _keys.Rings)
        {
            bool isGranted = inventory.Grants.Any(grant => grant.Member == _keys.Member.Id && grant.Ring == ring.Id);
            if (!isGranted && !HasDamagedKey(reported))
            {
                report.Add(
                    CheckSeverity.Damage, CheckSubject.Key,
                    $"The grant of ring {ring.Id} to this member is missing: it cannot open the repository again.");
            }
        }
    }

    /// <summary>Sessions, and what they intend.</summary>
    /// <returns>Snapshots that are about to be put.</returns>
    public async Task<HashSet<ObjectId>> CheckSessionsAsync()
    {
        HashSet<ObjectId> intended = [];
        // Snapshots first: what is put meanwhile was intended before, and where nothing can be deleted intents stay.
        HashSet<ObjectId> present = [.. (await Concurrently.ReadAllAsync(_backend.ListAsync(ObjectKind.Snapshot, cancellationToken))
            .ConfigureAwait(false)).Select(info => info.Name.Id)];
        Dictionary<SessionId, (MemberId Writer, bool IsOver, bool HasIntent)> sessions = [];
        await foreach ((ObjectName _, SessionRecord record) in OpenAllAsync(
            ObjectKind.Session, SessionRecordCodec.BodySizeInBytesMax * 2L, content => SessionRecordCodec.Open(_keys, content))
            .ConfigureAwait(false))
        {
            (MemberId _, bool isOver, bool hasIntent) = sessions.GetValueOrDefault(record.Session);
            if (record.Type == SessionRecordType.Intent && new ObjectId(Blake3.Hash(record.Snapshot.Span)) is var id && !present.Contains(id))
            {
                hasIntent = true;
                _ = intended.Add(id);
            }
            sessions[record.Session] = (
                record.Writer,
                isOver || record.Type is SessionRecordType.Fence or SessionRecordType.Ended,
                hasIntent);
        }
        // A fence stays for ever, and says nothing that anybody could do something about.
        foreach ((SessionId session, (MemberId writer, bool isOver, bool hasIntent)) in sessions)
        {
            if (isOver && !hasIntent)
            {
                continue;
            }
            string state = isOver ? "is over" : "is at work, or was cut off";
            report.Add(
                CheckSeverity.Information, CheckSubject.Session,
                $"Session {session} of writer {writer} {state}{(hasIntent ? ", with a snapshot about to be put" : "")}. What is left of one that "
                + "was cut off goes with the next prune.");
        }
        return intended;
    }

    /// <summary>Condemned records: what a prune removes or has removed.</summary>
    public async Task<(HashSet<ObjectId> Packs, HashSet<ObjectId> Snapshots)> CheckCondemnedAsync()
    {
        HashSet<ObjectId> packs = [];
        HashSet<ObjectId> snapshots = [];
        await foreach ((ObjectName _, (IReadOnlyList<ObjectId> ofPacks, IReadOnlyList<ObjectId> ofSnapshots)) in OpenAllAsync(
            ObjectKind.Condemned, CondemnedCodec.BodySizeInBytesMax * 2L,
            content => (CondemnedCodec.OpenPacks(_keys, content), CondemnedCodec.OpenSnapshots(_keys, content)))
                .ConfigureAwait(false))
        {
            packs.UnionWith(ofPacks);
            snapshots.UnionWith(ofSnapshots);
        }
        return (packs, snapshots);
    }

    /// <summary>Notes: one that cannot be read may pin a snapshot or bring it back.</summary>
    public async Task CheckNotesAsync()
    {
        NoteList notes = await new NoteStore(repository, null).LoadAsync(cancellationToken).ConfigureAwait(false);
        foreach (CatalogFinding finding in notes.Findings)
        {
            report.Add(CheckSeverity.Damage, finding.Name, finding.Message + CheckReport.AdviceFor(ObjectKind.Note));
        }
        if (notes.MissingNumber is { } missing && notes.Findings.Count == 0)
        {
            report.Add(
                CheckSeverity.Warning, CheckSubject.Note,
                $"A note is missing, number {missing}: it was removed by hand or by the store, or is hidden. It may have pinned snapshots, or "
                + "brought them back: look whether ebla snapshots shows what it should before the next prune.");
        }
        foreach (CatalogFinding finding in notes.Powerless)
        {
            report.Add(
                CheckSeverity.Warning, finding.Name,
                $"{finding.Message} It counts for nothing: it was not written with the owner's key or a maintainer's.");
        }
    }

    /// <summary>Kinds of which this version knows only the outer form.</summary>
    public async Task CheckOthersAsync(ObjectKind kind, string newer)
    {
        await foreach ((ObjectName name, bool _) in OpenAllAsync(kind, OtherSizeInBytesMax, CheckOther).ConfigureAwait(false))
        {
            if (newer.Length > 0)
            {
                report.Add(CheckSeverity.Warning, name, newer);
            }
        }

        bool CheckOther(byte[] content)
        {
            _ = ObjectHeader.Check(_keys, kind, content);
            return true;
        }
    }

    // A damaged key object may be the one that is missed: then it has its finding already.
    private static bool HasDamagedKey(HashSet<ObjectId> reported) => reported.Count > 0;

    private async IAsyncEnumerable<(ObjectName Name, T Value)> OpenAllAsync<T>(
        ObjectKind kind, long sizeInBytesMax, Func<byte[], T> open)
    {
        List<ObjectInfo> listed = await Concurrently.ReadAllAsync(_backend.ListAsync(kind, cancellationToken)).ConfigureAwait(false);
        await foreach ((ObjectInfo info, Task<byte[]?> reading) in Concurrently.ForEachAsync(
            listed,
            (info, token) => repository.Objects.TryReadAsync(info.Name, sizeInBytesMax, token).AsTask(),
            Concurrently.SmallObjects,
            cancellationToken).ConfigureAwait(false))
        {
            T value;
            try
            {
                if (await reading.ConfigureAwait(false) is not { } content)
                {
                    continue; // Removed since it was listed.
                }
                value = open(content);
            }
            catch (Exception exception) when (CheckReport.IsOfObject(exception))
            {
                report.AddFailure(info.Name, (EblaException)exception);
                continue;
            }
            yield return (info.Name, value);
        }
    }
}
