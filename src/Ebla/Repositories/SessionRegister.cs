using System.Buffers;
using System.Collections.Concurrent;
using Ebla.Backends;
using Ebla.Keys;
using Ebla.Primitives;
using Ebla.Sessions;

namespace Ebla.Repositories;

/// <summary>This writer's records under <c>sessions/</c>: announcement, heartbeats, intent; and whether the session still stands.</summary>
internal sealed class SessionRegister(IBackend backend, UnlockedKeys keys)
{
    private readonly ObjectReader _objects = new(backend);
    private readonly ConcurrentDictionary<ObjectName, bool> _own = [];
    private ObjectName? _announcement;
    private ObjectName? _heartbeat;
    private ulong _beats;
    private HashSet<ObjectName> _earlier = [];
    private volatile bool _cannotDelete = !backend.Capabilities.CanDelete;

    public SessionId Id { get; } = SessionId.NewRandom(keys.Entropy);

    /// <summary>Announces the session; durable when this returns.</summary>
    public async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        // What is there before nobody can have written against this session, so it need not be read, ever.
        List<ObjectInfo> listed = await Concurrently.ReadAllAsync(backend.ListAsync(ObjectKind.Session, cancellationToken))
            .ConfigureAwait(false);
        _earlier = [.. listed.Select(info => info.Name)];
        _announcement = await PutAsync(SessionRecordType.Announcement, 0, default, cancellationToken).ConfigureAwait(false);
        await backend.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A sign of life.</summary>
    /// <param name="known">The condemned records of which this session relies on nothing, and never will.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task BeatAsync(IReadOnlyList<ObjectId> known, CancellationToken cancellationToken)
    {
        ObjectName? old = _heartbeat;
        _heartbeat = await PutAsync(SessionRecordType.Heartbeat, ++_beats, default, cancellationToken, known).ConfigureAwait(false);
        await backend.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (old is { } name)
        {
            _ = await TryDeleteAsync([name], cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Says which snapshot is about to be put; durable when this returns.</summary>
    public async Task<ObjectName> IntendAsync(ReadOnlyMemory<byte> snapshot, CancellationToken cancellationToken)
        => (await IntendAsync([snapshot], cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Says which snapshots are about to be put; durable when this returns.</summary>
    public async Task<IReadOnlyList<ObjectName>> IntendAsync(
        IEnumerable<ReadOnlyMemory<byte>> snapshots, CancellationToken cancellationToken)
    {
        List<ObjectName> intents = [];
        foreach (ReadOnlyMemory<byte> snapshot in snapshots)
        {
            intents.Add(await PutAsync(SessionRecordType.Intent, 0, snapshot, cancellationToken).ConfigureAwait(false));
        }
        await backend.FlushAsync(cancellationToken).ConfigureAwait(false);
        return intents;
    }

    /// <summary>
    /// Deletes records of this session, if the store lets us. No backup depends on it: what is left a pruner removes who may. A store that
    /// failed once is not asked again.
    /// </summary>
    public async Task<bool> TryDeleteAsync(IEnumerable<ObjectName> names, CancellationToken cancellationToken)
    {
        if (_cannotDelete)
        {
            return false;
        }
        try
        {
            await Task.WhenAll(names.Select(name => backend.DeleteAsync(name, cancellationToken).AsTask())).ConfigureAwait(false);
            return true;
        }
        catch (EblaException)
        {
            // Append-only stores do not say so before. One that is out of reach fails the next put.
            _cannotDelete = true;
            return false;
        }
    }

    /// <summary>
    /// Whether the announcement is still there and no fence against this session is. A record that is new and cannot be opened may be one.
    /// </summary>
    public async Task<bool> StandsAsync(CancellationToken cancellationToken)
    {
        List<ObjectInfo> listed = await Concurrently.ReadAllAsync(backend.ListAsync(ObjectKind.Session, cancellationToken))
            .ConfigureAwait(false);
        await foreach ((_, Task<bool> opening) in Concurrently.ForEachAsync(
            listed.Where(info => !_own.ContainsKey(info.Name) && !_earlier.Contains(info.Name)),
            (info, token) => MayFenceAsync(info.Name, token),
            Concurrently.SmallObjects,
            cancellationToken).ConfigureAwait(false))
        {
            if (await opening.ConfigureAwait(false))
            {
                return false;
            }
        }
        return listed.Any(info => info.Name == _announcement);
    }

    /// <summary>Ends the session: nothing of it is left, or, where nothing can be deleted, a record that it is over.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        ObjectName?[] names = [_announcement, _heartbeat];
        if (!await TryDeleteAsync(names.OfType<ObjectName>(), cancellationToken).ConfigureAwait(false))
        {
            _ = await PutAsync(SessionRecordType.Ended, 0, default, cancellationToken).ConfigureAwait(false);
        }
        await backend.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    // One that is gone is none: fences are never deleted. One that is damaged, or signed by a member who came later, may be.
    private async Task<bool> MayFenceAsync(ObjectName name, CancellationToken cancellationToken)
    {
        try
        {
            byte[]? content = await _objects.TryReadAsync(
                name, SessionRecordCodec.BodySizeInBytesMax * 2L, cancellationToken).ConfigureAwait(false);
            return content is not null
                && SessionRecordCodec.Open(keys, content) is { Type: SessionRecordType.Fence } record && record.Session == Id;
        }
        catch (CorruptDataException)
        {
            return true;
        }
    }

    /// <summary>Declares another session over; durable when this returns.</summary>
    public static async Task FenceAsync(
        IBackend backend, UnlockedKeys keys, SessionId session, CancellationToken cancellationToken)
    {
        (ObjectName name, byte[] content) = SessionRecordCodec.Seal(
            keys, new SessionRecord(SessionRecordType.Fence, session, keys.Member.Id));
        await backend.PutAsync(name, new ReadOnlySequence<byte>(content), cancellationToken).ConfigureAwait(false);
        await backend.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<ObjectName> PutAsync(
        SessionRecordType type, ulong number, ReadOnlyMemory<byte> snapshot, CancellationToken cancellationToken,
        IReadOnlyList<ObjectId>? known = null)
    {
        (ObjectName name, byte[] content) = SessionRecordCodec.Seal(
            keys, new SessionRecord(type, Id, keys.Member.Id, number, snapshot) { Known = known ?? [] });
        _own[name] = true;
        await backend.PutAsync(name, new ReadOnlySequence<byte>(content), cancellationToken).ConfigureAwait(false);
        return name;
    }
}
