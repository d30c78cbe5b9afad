using System.Collections.Concurrent;
using Ebla.Primitives;
using Ebla.Sessions;

namespace Ebla.Repositories;

/// <summary>
/// Keeps a session away from what is condemned while it is at work, so that it can say which records nobody need wait for it because of;
/// docs/prune.md, "Heartbeats".
/// </summary>
internal sealed class CondemnedWatch
{
    private readonly Repository _repository;
    private readonly LoadedCatalog _catalog;
    private readonly HashSet<ObjectId> _read;
    private readonly HashSet<ObjectId> _condemned;
    private readonly List<ObjectId> _known;
    private readonly ConcurrentDictionary<ObjectId, bool> _own = [];
    private List<CondemnedRecord> _open = [];

    public CondemnedWatch(Repository repository, LoadedCatalog catalog)
    {
        _repository = repository;
        _catalog = catalog;
        _read = [.. catalog.Condemned.Records.Select(record => record.Id)];
        _condemned = [.. catalog.Condemned.Packs];
        // Of the others nothing was there any more when this session began: no pruner waits for it because of them.
        _known = [.. catalog.Condemned.Records.Where(record => record.Packs.Any(catalog.Packs!.Sizes.ContainsKey)).Select(record => record.Id)];
    }

    /// <summary>The condemned records of which this session relies on nothing, and will not.</summary>
    /// <remarks>The newest, if they are too many for a heartbeat: because of the others a pruner waits.</remarks>
    public IReadOnlyList<ObjectId> Known => [.. _known.TakeLast(SessionRecord.KnownMax)];

    /// <summary>Takes note of a pack of this session before it is put.</summary>
    public void AddOwn(ObjectId pack) => _own[pack] = true;

    /// <summary>
    /// Reads the records that came since, relies on no more of what they name, and looks elsewhere for what it relied on. What is nowhere else
    /// it goes on relying on: then it does not say that it knows the record. Not while this is called by another.
    /// </summary>
    public async Task ReviewAsync(CancellationToken cancellationToken)
    {
        CondemnedNames came = await new CondemnedStore(_repository.Backend, _repository.Keys).LoadAsync(cancellationToken, _read)
            .ConfigureAwait(false);
        if (came.Records.Count == 0)
        {
            return; // What was nowhere else is hardly anywhere else by now, and to look again asks for all lists.
        }
        _read.UnionWith(came.Records.Select(record => record.Id));
        _condemned.UnionWith(came.Packs);
        _open.AddRange(came.Records);
        _catalog.Index.Shun(came.Packs);
        MoveAway(cancellationToken);
        if (_open.Count > 0)
        {
            // As a writer loads: records, packs, index. What it finds so it may rely on; later records name it only to be waited for.
            PackList packs = await PackList.LoadAsync(_repository.Backend, [], cancellationToken).ConfigureAwait(false);
            _ = await _catalog.Growth!.TryAddAsync(
                (id, size) => !_condemned.Contains(id) && packs.IsUsable(id, size), cancellationToken).ConfigureAwait(false);
            MoveAway(cancellationToken);
        }
    }

    private void MoveAway(CancellationToken cancellationToken)
    {
        List<CondemnedRecord> left = [];
        foreach (CondemnedRecord record in _open)
        {
            HashSet<ObjectId> packs = [.. record.Packs];
            if (!packs.Overlaps(_own.Keys) && _catalog.Index.TryMoveFrom(packs, cancellationToken))
            {
                _known.Add(record.Id);
            }
            else
            {
                left.Add(record);
            }
        }
        _open = left;
    }
}
