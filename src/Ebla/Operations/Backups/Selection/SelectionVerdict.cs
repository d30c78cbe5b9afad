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

    /// <summary>The reason, for people.</summary>
    public override string ToString() => Cause switch
    {
        SelectionCause.None => "taken",
        SelectionCause.Pattern => $"left out by {Rule!.Origin}: {Rule.Text}",
        SelectionCause.Cache => "left out: it is in a cache folder (CACHEDIR.TAG)",
        SelectionCause.Size => "left out: it is longer than wanted",
        SelectionCause.FileSystem => "taken as an empty folder: another file system is mounted here",
        SelectionCause.NoDump => "left out: it has the no-dump attribute",
        SelectionCause.OwnFolder => "left out: it belongs to the repository or its cache",
        _ => throw new InvalidOperationException($"There is no cause {Cause}."),
    };
}
