namespace Ebla.Primitives;

/// <summary>What a stored object is. The numbers stand in the format (docs/format.md, section 3); 0 is never valid.</summary>
public enum ObjectKind : byte
{
    /// <summary>Frames of blobs and a directory of them.</summary>
    Pack = 1,

    /// <summary>An index segment: copies of pack directories.</summary>
    Index = 2,

    /// <summary>One backup.</summary>
    Snapshot = 3,

    /// <summary>A key slot, member or grant.</summary>
    Key = 4,

    /// <summary>A numbered, root-signed set of repository settings.</summary>
    Setting = 5,

    /// <summary>A writer's announcement, heartbeat or intent, or a fence.</summary>
    Session = 6,

    /// <summary>Names of packs and snapshots that a pruner will delete.</summary>
    Condemned = 7,

    /// <summary>A signed record about snapshots: forgotten, undeleted, tagged, pinned.</summary>
    Note = 8,
}
