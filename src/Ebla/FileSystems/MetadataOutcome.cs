namespace Ebla.FileSystems;

/// <summary>How setting metadata went. To be counted and reported: it never stops a restore.</summary>
/// <param name="Problems">What could not be set.</param>
/// <param name="Errno">The first error number; 0 if there is none, also when only set-id bits were left out.</param>
internal readonly record struct MetadataOutcome(MetadataProblems Problems, int Errno)
{
    public bool IsComplete => Problems == MetadataProblems.None;
}
