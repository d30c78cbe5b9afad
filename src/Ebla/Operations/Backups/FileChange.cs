namespace Ebla.Operations.Backups;

/// <summary>How a file relates to the previous snapshot.</summary>
internal enum FileChange
{
    New,
    Changed,
    Unmodified,
}

