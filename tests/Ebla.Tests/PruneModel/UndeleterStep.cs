namespace Ebla.Tests.PruneModel;

internal enum UndeleterStep
{
    PutNote,
    Check,
    Over,
}
