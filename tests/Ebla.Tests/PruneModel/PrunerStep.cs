namespace Ebla.Tests.PruneModel;

internal enum PrunerStep
{
    Condemn,
    Adopt,
    ListSessions,
    Wait,
    ListIntents,
    ListSnapshots,
    LookCondemned,
    ListPacks,
    ListIndex,
    PutCopy,
    PutCopySegment,
    PutRemoved,
    DeleteSnapshots,
    DeletePacks,
    DeleteRecord,
    DeleteSessions,
    DeleteFences,
    MergeSegments,
    MergePacks,
    PutMerged,
    DeleteSegments,
    MergeRecords,
    DeleteRecords,
    Over,
}
