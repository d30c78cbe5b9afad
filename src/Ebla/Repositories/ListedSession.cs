using Ebla.Primitives;
using Ebla.Sessions;

namespace Ebla.Repositories;

/// <summary>The records of one session, as a listing found them.</summary>
internal sealed class ListedSession(SessionId id)
{
    private readonly List<(ObjectName Name, SessionRecord Record)> _records = [];

    public SessionId Id => id;

    /// <summary>Whose it is.</summary>
    public MemberId Writer => _records[0].Record.Writer;

    public bool IsAnnounced => Has(SessionRecordType.Announcement);

    public bool IsFenced => Has(SessionRecordType.Fence);

    public bool IsEnded => _records.Exists(one => one.Record.Type == SessionRecordType.Ended && IsByWriter(one.Record));

    /// <summary>Whether it may be at work.</summary>
    public bool IsStanding => IsAnnounced && !IsFenced && !IsEnded;

    /// <summary>The number of its newest heartbeat; 0 before the first.</summary>
    public ulong Beat => _records.Max(one => one.Record.Number);

    /// <summary>Whether it says that it relies on nothing of what these condemned records name, and never will.</summary>
    public bool Knows(IReadOnlyCollection<ObjectId> condemned)
    {
        HashSet<ObjectId> known = [.. _records.Where(one => IsByWriter(one.Record)).SelectMany(one => one.Record.Known)];
        return condemned.All(known.Contains);
    }

    public IEnumerable<(ObjectName Name, SessionRecord Record)> Intents
        => _records.Where(one => one.Record.Type == SessionRecordType.Intent);

    /// <summary>The objects of these types.</summary>
    public IEnumerable<ObjectName> NamesOf(params SessionRecordType[] types)
        => _records.Where(one => types.Contains(one.Record.Type)).Select(one => one.Name);

    public void Add(ObjectName name, SessionRecord record) => _records.Add((name, record));

    // Another member cannot speak for it.
    private bool IsByWriter(SessionRecord record)
        => _records.TrueForAll(one => one.Record.Type != SessionRecordType.Announcement || one.Record.Writer == record.Writer);

    private bool Has(SessionRecordType type) => _records.Exists(one => one.Record.Type == type);
}
