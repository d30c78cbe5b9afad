namespace Ebla.Backends.Local;

/// <summary>What came of asking for a folder.</summary>
internal enum FolderOutcome
{
    Created,
    Present,
    NoParent,
}
