using Ebla.Backends;
using Ebla.Hashing;
using Ebla.Keys;
using Ebla.Primitives;
using Ebla.Sessions;
using Ebla.Snapshots;

namespace Ebla.Repositories;

/// <summary>The sessions as one listing found them.</summary>
internal sealed class SessionList
{
    private readonly Dictionary<SessionId, ListedSession> _sessions = [];
    private readonly List<(SessionId Session, ObjectId Snapshot, BlobId Root)> _intended = [];

    private SessionList()
    {
    }

    /// <summary>All of which a record is there.</summary>
    public IEnumerable<ListedSession> All => _sessions.Values;

    /// <summary>Announced, not ended and not fenced: whoever it is may be at work.</summary>
    public IEnumerable<ListedSession> Standing => All.Where(session => session.IsStanding);

    /// <summary>The intents of all sessions, whatever became of these.</summary>
    public IEnumerable<(ObjectName Name, SessionRecord Record)> Intents => All.SelectMany(session => session.Intents);

    /// <summary>The roots of the snapshots that intents announce. What no reader could open is none.</summary>
    public IEnumerable<BlobId> Roots => _intended.Select(one => one.Root);

    /// <summary>Lists and reads them.</summary>
    /// <exception cref="CorruptDataException">A record has other bytes than its name says: it may have been an intent.</exception>
    /// <exception cref="UnsupportedFormatException">A record is of a later version: nobody here knows what it forbids.</exception>
    public static async Task<SessionList> LoadAsync(IBackend backend, UnlockedKeys keys, CancellationToken cancellationToken)
    {
        ObjectReader objects = new(backend);
        SessionList list = new();
        List<ObjectInfo> listed = await Concurrently.ReadAllAsync(backend.ListAsync(ObjectKind.Session, cancellationToken))
            .ConfigureAwait(false);
        await foreach ((ObjectInfo info, Task<byte[]?> reading) in Concurrently.ForEachAsync(
            listed,
            (info, token) => objects.TryReadAsync(info.Name, SessionRecordCodec.BodySizeInBytesMax * 2L, token).AsTask(),
            Concurrently.SmallObjects,
            cancellationToken).ConfigureAwait(false))
        {
            byte[]? read;
            try
            {
                read = await reading.ConfigureAwait(false);
            }
            catch (CorruptDataException exception)
            {
                throw Unreadable(exception.Message.TrimEnd('.'), exception);
            }
            if (read is { } content)
            {
                SessionRecord record = Open(keys, info.Name, content);
                list.Add(info.Name, record);
                if (record.Type == SessionRecordType.Intent && TryOpenSnapshot(keys, record.Snapshot.Span) is { } snapshot)
                {
                    list._intended.Add((record.Session, new ObjectId(Blake3.Hash(record.Snapshot.Span)), snapshot.Root));
                }
            }
        }
        return list;
    }

    /// <summary>Whether an intent says that this snapshot is about to be put.</summary>
    public bool Intends(ObjectId snapshot) => _intended.Exists(one => one.Snapshot == snapshot);

    /// <summary>
    /// The roots of snapshots that may still be put: not those that are there, of sessions that are over. On a store that refused its writer to
    /// delete, these intents are left.
    /// </summary>
    public IEnumerable<BlobId> RootsToCome(IReadOnlySet<ObjectId> present)
        => _intended.Where(one => !present.Contains(one.Snapshot) || _sessions[one.Session].IsStanding).Select(one => one.Root);

    /// <summary>What is known of a session; null if nothing of it is there.</summary>
    public ListedSession? Find(SessionId session) => _sessions.GetValueOrDefault(session);

    // It may be an intent, so nobody knows what it protects.
    private static SessionRecord Open(UnlockedKeys keys, ObjectName name, byte[] content)
    {
        try
        {
            return SessionRecordCodec.Open(keys, content);
        }
        catch (CorruptDataException exception)
        {
            throw Unreadable($"{name} is no session record of a member of this repository: {exception.Message.TrimEnd('.')}", exception);
        }
    }

    private static CorruptDataException Unreadable(string why, CorruptDataException exception) => new(
        $"{why}. It may be of a backup that is about to commit, so nothing is removed until it is gone. When no backup, copy or prune runs on any "
        + "machine, delete that object from the store.", exception);

    private static Snapshot? TryOpenSnapshot(UnlockedKeys keys, ReadOnlySpan<byte> content)
    {
        try
        {
            return SnapshotCodec.Open(keys, content);
        }
        catch (CorruptDataException)
        {
            return null;
        }
    }

    private void Add(ObjectName name, SessionRecord record)
    {
        if (!_sessions.TryGetValue(record.Session, out ListedSession? session))
        {
            session = new ListedSession(record.Session);
            _sessions.Add(record.Session, session);
        }
        session.Add(name, record);
    }
}
