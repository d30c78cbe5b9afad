using Ebla.Operations.Patterns;

namespace Ebla.Operations.Backups.Selection;

/// <summary>What becomes of an entry, and why.</summary>
/// <param name="Cause">Why it is left out; none if it is taken.</param>
/// <param name="Rule">The pattern that decided, if one did.</param>
internal readonly record struct SelectionVerdict(SelectionCause Cause, PatternRule? Rule = null)
{
    /// <summary>It is taken, with all that is in it.</summary>
    public static SelectionVerdict Taken => default;

    /// <value>Whether it is in the backup: the root of another file system is, as an empty directory.</value>
    public bool IsTaken => Cause is SelectionCause.None or SelectionCause.FileSystem;

    /// <value>Whether nothing of what is in it is taken.</value>
    public bool IsEmptied => Cause != SelectionCause.None;

    /// <value>Why it is not taken whole, for people; empty if it is.</value>
    public string Reason => Cause switch
    {
        SelectionCause.None => "",
        SelectionCause.Pattern => $"{Rule!.Text} ({Rule.Origin})",
        SelectionCause.Cache => "it is in a cache folder (CACHEDIR.TAG)",
        SelectionCause.Size => "it is larger than wanted",
        SelectionCause.FileSystem => "another file system is mounted here",
        SelectionCause.NoDump => "it has the no-dump attribute",
        SelectionCause.OwnFolder => "it belongs to the repository or its cache",
        _ => throw new InvalidOperationException($"There is no cause {Cause}."),
    };

    /// <inheritdoc/>
    public override string ToString() => Cause switch
    {
        SelectionCause.None => "taken",
        SelectionCause.FileSystem => $"taken as an empty folder: {Reason}",
        _ => $"left out: {Reason}",
    };
}
