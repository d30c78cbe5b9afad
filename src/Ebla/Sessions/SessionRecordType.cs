namespace Ebla.Sessions;

/// <summary>What a session object says. The numbers stand in the format; 0 is never valid.</summary>
internal enum SessionRecordType : byte
{
    /// <summary>A writer is at work.</summary>
    Announcement = 1,

    /// <summary>It is still alive; the highest number is the newest.</summary>
    Heartbeat = 2,

    /// <summary>The exact bytes of the snapshot that it is about to put.</summary>
    Intent = 3,

    /// <summary>A pruner declared the session over, whatever the writer believes.</summary>
    Fence = 4,

    /// <summary>The session is over; for stores that refuse deletes.</summary>
    Ended = 5,
}
