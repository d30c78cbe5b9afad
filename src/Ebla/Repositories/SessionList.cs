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
    private readonly List<BlobId> _roots = [];
    private readonly HashSet<ObjectId> _intended = [];

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
    public IReadOnlyCollection<BlobId> Roots => _roots;

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
            if (await reading.ConfigureAwait(false) is { } content)
            {
                SessionRecord record = Open(keys, info.Name, content);
                list.Add(info.Name, record);
                if (record.Type == SessionRecordType.Intent && TryOpenSnapshot(keys, record.Snapshot.Span) is { } snapshot)
                {
                    list._roots.Add(snapshot.Root);
                    _ = list._intended.Add(new ObjectId(Blake3.Hash(record.Snapshot.Span)));
                }
            }
        }
        return list;
    }

    /// <summary>Whether an intent says that this snapshot is about to be put.</summary>
    public bool Intends(ObjectId snapshot) => _intended.Contains(snapshot);

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
            throw new CorruptDataException(
                $"{name} is no session record of a member of this repository: {exception.Message} Until it is gone nothing is removed. Delete it "
                + "from the store if no backup of yours is running.", exception);
        }
    }

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
