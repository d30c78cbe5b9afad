using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>The metadata that a restored file is to have.</summary>
internal readonly record struct TargetMetadata
{
    /// <value>Null leaves the user as it is; then a set-user-id bit is not set either, since it would speak for another user.</value>
    public uint? UserId { get; init; }

    /// <value>Null leaves the group as it is; then a set-group-id bit is not set either.</value>
    public uint? GroupId { get; init; }

    /// <value>The 12 permission bits. Not used for symbolic links, which have none.</value>
    public required int Mode { get; init; }

    public required UnixTime ModifiedTime { get; init; }

    /// <value>Null leaves the access time as it is.</value>
    public UnixTime? AccessedTime { get; init; }

    /// <value>The extended attributes, all of them: what else the file has is removed. Null leaves them as they are.</value>
    public IReadOnlyList<ExtendedAttribute>? ExtendedAttributes { get; init; }

    /// <value>
    /// Fetches a large set of attributes when it is needed, so that it is not in memory before; null for what cannot be had, which is then
    /// reported already. Not set together with <see cref="ExtendedAttributes"/>.
    /// </value>
    public Func<IReadOnlyList<ExtendedAttribute>?>? FetchExtendedAttributes { get; init; }

    /// <value>Null leaves the flags as they are. Those of <see cref="FileFlagSets.Final"/> are left to the end of all.</value>
    public FileFlags? Flags { get; init; }

    /// <summary>Sets all but the final flags, and goes on whatever fails.</summary>
    /// <param name="file">What to set them on.</param>
    /// <param name="current">What a file has that we just made: what is right already is not set again. Null if that is not known.</param>
    internal MetadataOutcome Apply<TFile>(TFile file, NewFileTraits? current)
        where TFile : IMetadataTarget, allows ref struct
        => new MetadataSetting<TFile>(file, current).Apply(this);
}
