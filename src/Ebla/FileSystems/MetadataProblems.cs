namespace Ebla.FileSystems;

/// <summary>The kinds of metadata that could not be set.</summary>
[Flags]
internal enum MetadataProblems
{
    None = 0,

    User = 1,

    Group = 2,

    /// <summary>The mode was not set, or without its set-user-id or set-group-id bit since the owner is not the wanted one.</summary>
    Mode = 4,

    Times = 8,
}
