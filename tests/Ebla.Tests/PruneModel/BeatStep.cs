namespace Ebla.Tests.PruneModel;

internal enum BeatStep
{
    Idle,
    ListPacks,
    ListIndex,
    Put,
}
