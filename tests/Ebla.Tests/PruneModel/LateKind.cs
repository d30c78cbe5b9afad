namespace Ebla.Tests.PruneModel;

internal enum LateKind
{
    None,
    Spent,
    PutPack,
    DeletePack,
    PutSegment,
    DeleteSegment,
    PutMerged,
    PutRecord,
    DeleteRecord,
    Announce,
    EndSession,
    PutFence,
    DeleteFence,
    PutIntent,
    DeleteIntent,
    PutSnapshot,
    DeleteSnapshot,
    PutForgotten,
    PutWithdrawn,
    PutRemoved,
}
