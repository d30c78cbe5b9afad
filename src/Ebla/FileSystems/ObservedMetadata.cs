namespace Ebla.FileSystems;

/// <summary>What this program believes of the status that the system gives: all of it.</summary>
/// <remarks>
/// Except in the simulator, where one seed must give the same run at any time: there inodes and times, which nobody can choose, are
/// replaced by chosen ones. A test sees to it that nothing in the product does so.
/// </remarks>
internal static class ObservedMetadata
{
    /// <summary>Replaces what the system gives. Null, but in the simulator.</summary>
    public static Func<FileMetadata, FileMetadata>? Replacement { get; set; }

    public static FileMetadata Of(in FileMetadata given) => Replacement is { } replace ? replace(given) : given;
}
