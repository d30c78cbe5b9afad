using Ebla.Primitives;

namespace Ebla.Sessions;

/// <summary>What a session object holds.</summary>
/// <param name="Type">What it says.</param>
/// <param name="Session">Of which session.</param>
/// <param name="Writer">The member that the session belongs to.</param>
/// <param name="Number">Of a heartbeat; else 0.</param>
/// <param name="Snapshot">Of an intent: the bytes of the snapshot object; else empty.</param>
internal sealed record SessionRecord(
    SessionRecordType Type, SessionId Session, MemberId Writer, ulong Number = 0, ReadOnlyMemory<byte> Snapshot = default)
{
    /// <summary>Most condemned records that a heartbeat names.</summary>
    public const int KnownMax = 4096;

    /// <summary>Of a heartbeat: the condemned records of which its session relies on nothing, and never will; else empty.</summary>
    public IReadOnlyList<ObjectId> Known { get; init; } = [];
}
