namespace Ebla.Tests.PruneModel;

/// <summary>The rules of docs/prune.md, each of which can be taken away to see what it is for.</summary>
internal enum Rule
{
    /// <summary>A writer announces itself before it reads the condemned records.</summary>
    AnnounceFirst,

    /// <summary>A writer relies on no condemned pack.</summary>
    MindCondemned,

    /// <summary>A writer relies on packs that it saw listed, not on the index alone.</summary>
    ListPacks,

    /// <summary>A writer puts an intent, durably, before it looks whether its session stands.</summary>
    IntendFirst,

    /// <summary>A writer puts a snapshot only if its session stands.</summary>
    CheckFence,

    /// <summary>The intent stays until the snapshot is durable.</summary>
    KeepIntent,

    /// <summary>The session stays until the snapshot is durable.</summary>
    KeepSession,

    /// <summary>Whoever was fenced looks anew at what is stored.</summary>
    Revalidate,

    /// <summary>A renewed session compares what it relies on with the new condemned records.</summary>
    ReviewAtRenewal,

    /// <summary>A session says that it knows a condemned record only once it relies on none of its packs.</summary>
    GiveUpFirst,

    /// <summary>What a session said that it knows to be condemned it does not come to rely on later.</summary>
    StayAway,

    /// <summary>No two objects have the same name.</summary>
    FreshNames,

    /// <summary>The announcement is never replaced: signs of life are objects of their own.</summary>
    FixedAnnouncement,

    /// <summary>A pruner condemns before it deletes.</summary>
    Condemn,

    /// <summary>A pruner lists the sessions after its condemned record is durable.</summary>
    CondemnBeforeSessions,

    /// <summary>A pruner waits for, or fences, every session it listed.</summary>
    WaitForSessions,

    /// <summary>Whom a pruner does not wait for, it fences first.</summary>
    FenceFirst,

    /// <summary>A pruner looks again after the last session is over.</summary>
    LookAgain,

    /// <summary>Intents are roots.</summary>
    IntentsAreRoots,

    /// <summary>An intent whose blobs are lost stops no prune: its writer never passed the check.</summary>
    PassOverBrokenIntents,

    /// <summary>A pruner lists intents before snapshots.</summary>
    IntentsBeforeSnapshots,

    /// <summary>A pruner counts no copy in a condemned pack, whoever condemned it.</summary>
    CountNoCondemnedCopy,

    /// <summary>A pruner copies out what turned out to be needed.</summary>
    CopyOut,

    /// <summary>A copy is put and named before the packs it came from go.</summary>
    CopyBeforeSweep,

    /// <summary>A condemned name stays condemned.</summary>
    CondemnedForEver,

    /// <summary>A pack that is needed after all is copied, and never taken out of the condemned records.</summary>
    NeverRescue,

    /// <summary>Condemned records are neither merged nor replaced.</summary>
    NeverMergeRecords,

    /// <summary>A forgotten note stays when the snapshot has gone.</summary>
    NotesForEver,

    /// <summary>A pruner says for good which snapshots it removes, after its look and before it deletes.</summary>
    RemovalNote,

    /// <summary>A pruner takes over what others condemned.</summary>
    Adopt,

    /// <summary>The announcement of a fenced session goes before its fence.</summary>
    FenceOutlivesAnnouncement,

    /// <summary>A fence stays for ever.</summary>
    FenceForEver,

    /// <summary>Who merges segments deletes only those that it read.</summary>
    DeleteOnlyReadSegments,

    /// <summary>Who merges segments lists them before the packs.</summary>
    SegmentsBeforePacks,

    /// <summary>Who merges segments drops the entries of packs that are gone, and keeps those of condemned packs that are there.</summary>
    KeepCondemnedEntries,

    /// <summary>The merged segment is durable before those that it replaces go.</summary>
    MergedSegmentFirst,

    /// <summary>Who finishes the work of a dead writer has a session.</summary>
    FinishInSession,

    /// <summary>Who finishes another's snapshot puts an intent of its own.</summary>
    FinishWithIntent,

    /// <summary>An intent is dropped only if a blob is in no pack at all, condemned or not.</summary>
    DropOnlyTheLost,

    /// <summary>That a blob is in no pack is believed after two lists, one after the other.</summary>
    ListTwiceBeforeDrop,

    /// <summary>It is the same blob that neither list shows.</summary>
    MissTheSameBlob,

    /// <summary>A snapshot is never rewritten outside a session.</summary>
    RewriteInSession,

    /// <summary>Who undeletes looks, after its note is durable, whether the snapshot is condemned.</summary>
    UndeleteChecksCondemned,

    /// <summary>Intents nobody will complete are completed or dropped.</summary>
    FinishIntents,

    /// <summary>Packs that no segment names are found by listing packs.</summary>
    FindUnnamedPacks,
}
