namespace Ebla.Tests.Operations.Trials;

/// <summary>What a store may do that it must not.</summary>
internal enum Lie
{
    None,
    NobodyIsLetIn,
    HeaderIsOverwritten,
    HeaderRaceHasSeveralWinners,
    HeaderRaceIsAdmitted,
    NoDurabilityIsAdmitted,
    PutsVanish,
    PutsAreTorn,
    PutsAreSlow,
    PutsShowEarly,
    OtherSizesAreKept,
    EmptyObjectsVanish,
    LargeObjectsAreCut,
    BytesAreSwappedInACrowd,
    RangesAreOffByOne,
    RangesEndSilently,
    RangesCostTheWholeObject,
    MissingObjectsAreEmpty,
    ListsForgetTheNewest,
    ListsEndAtAHundred,
    ListsRepeat,
    DeletionsDoNothing,
    DeletionsAreRefused,
    FirstCallsFail,
    EqualPutsCollide,
    EqualPutsFail,
}
