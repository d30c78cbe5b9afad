namespace Ebla.Notes;

/// <summary>What a note says. The numbers stand in the format; 0 is never valid.</summary>
internal enum NoteType : byte
{
    /// <summary>Snapshots no longer count.</summary>
    Forgotten = 1,

    /// <summary>Snapshots must not be forgotten.</summary>
    Pinned = 2,

    /// <summary>Takes back what other notes say of snapshots.</summary>
    Withdrawn = 3,

    /// <summary>Which snapshots are kept.</summary>
    Policy = 4,

    /// <summary>A prune is removing snapshots that were forgotten. Nothing takes that back.</summary>
    Removed = 5,
}
