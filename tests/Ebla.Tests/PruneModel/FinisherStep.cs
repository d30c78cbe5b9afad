namespace Ebla.Tests.PruneModel;

internal enum FinisherStep
{
    Announce,
    ListCondemned,
    ListPacks,
    ListIndex,
    ListPacksAgain,
    PutIntent,
    Check,
    PutSnapshot,
    DeleteIntent,
    DeleteOwnIntent,
    Drop,
    End,
    Over,
}
