using Ebla.Primitives;

namespace Ebla.Notes;

/// <summary>
/// A signed record about snapshots, or about which of them are kept. Notes are never changed and never deleted; two sets of them are merged
/// by union.
/// </summary>
/// <param name="Type">What it says; only the list that belongs to it is filled.</param>
/// <param name="Number">One more than the highest that its writer knew: tells later from earlier without a clock.</param>
internal sealed record Note(NoteType Type, ulong Number)
{
    /// <summary>Snapshots that no longer count.</summary>
    public IReadOnlyList<ForgottenSnapshot> Forgotten { get; init; } = [];

    /// <summary>Of a note that forgets: how many snapshots of each writer then count.</summary>
    public IReadOnlyList<RemainingCount> Remaining { get; init; } = [];

    /// <summary>Snapshots that must not be forgotten.</summary>
    public IReadOnlyList<ObjectId> Pinned { get; init; } = [];

    /// <summary>Snapshots that a prune removes, and that never count again.</summary>
    public IReadOnlyList<ObjectId> Removed { get; init; } = [];

    /// <summary>What is taken back.</summary>
    public IReadOnlyList<Withdrawal> Withdrawn { get; init; } = [];

    /// <summary>The policy as it is stored. Decoded only where it is used: an unknown rule is to stop a forget, and nothing else.</summary>
    public ReadOnlyMemory<byte> Policy { get; init; }
}
