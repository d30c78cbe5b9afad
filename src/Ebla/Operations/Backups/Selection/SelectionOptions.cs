using Ebla.Operations.Patterns;

namespace Ebla.Operations.Backups.Selection;

/// <summary>What of the paths to back up is left out. docs/choosing.md says how the rules work together.</summary>
public sealed record SelectionOptions
{
    /// <summary>Patterns in their order: the last one that matches decides. They are stronger than ignore files.</summary>
    public IReadOnlyList<PatternRule> Rules { get; init; } = [];

    /// <summary>Whether the <c>.eblaignore</c> files in the directories count.</summary>
    public bool UsesIgnoreFiles { get; init; } = true;

    /// <summary>Whether of a directory with a CACHEDIR.TAG only the tag is taken.</summary>
    public bool ExcludesCaches { get; init; }

    /// <summary>Regular files longer than this are left out; null for no limit.</summary>
    public long? FileSizeInBytesMax { get; init; }

    /// <summary>Whether directories on other file systems than the named path's are taken as empty ones.</summary>
    public bool StaysOnFileSystem { get; init; }

    /// <summary>Whether what carries the no-dump attribute (<c>chattr +d</c>) is left out.</summary>
    public bool SkipsNoDump { get; init; }
}
