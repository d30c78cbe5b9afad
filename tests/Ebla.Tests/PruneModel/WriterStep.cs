namespace Ebla.Tests.PruneModel;

internal enum WriterStep
{
    Announce,
    AnnounceLate,
    ListCondemned,
    ReadCondemned,
    ListPacks,
    ListIndex,
    EndOld,
    PutPack,
    PutSegment,
    PutIntent,
    Check,
    PutSnapshot,
    DeleteIntent,
    Withdraw,
    End,
    Over,
}
