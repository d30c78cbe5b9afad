using Ebla.Operations.Backups.Selection;
using Ebla.Operations.Patterns;
using Ebla.Primitives;

namespace Ebla.Operations.Backups.Planning;

/// <summary>What a backup would do with an entry, and why.</summary>
/// <param name="Path">Its absolute path.</param>
/// <param name="Type">What it is.</param>
/// <param name="SizeInBytes">The length of a regular file; 0 for all else.</param>
/// <param name="Action">What would be done.</param>
public sealed record PlannedEntry(ByteName Path, FileType Type, long SizeInBytes, PlannedAction Action)
{
    /// <summary>Why it would be left out or emptied; none for all else.</summary>
    public SelectionCause Cause { get; init; }

    /// <summary>The pattern by which it would be left out, if it is one.</summary>
    public PatternRule? Rule { get; init; }

    /// <summary>The reason, for people; empty if there is none to give.</summary>
    public string Reason => new SelectionVerdict(Cause, Rule).Reason;
}
