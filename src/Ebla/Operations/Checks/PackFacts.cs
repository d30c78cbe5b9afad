using Ebla.Primitives;

namespace Ebla.Operations.Checks;

/// <summary>What is known of a pack before it is read.</summary>
internal sealed class PackFacts
{
    /// <summary>Its size by the listing; null if it is not there.</summary>
    public long? ListedSizeInBytes { get; set; }

    /// <summary>Its size by the index; null if no segment names it.</summary>
    public long? NamedSizeInBytes { get; set; }

    /// <summary>The segment that names it.</summary>
    public ObjectId Segment { get; set; }

    /// <summary>BLAKE3 of its directory as the index has it.</summary>
    public Hash256 DirectoryHash { get; set; }

    /// <summary>Whether the index names it and the listing does not.</summary>
    public bool IsMissing => NamedSizeInBytes is not null && ListedSizeInBytes is null;

    /// <summary>Whether it is there as the index says.</summary>
    public bool IsWhole => ListedSizeInBytes is { } size && (NamedSizeInBytes ?? size) == size;
}
