using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>What an entry has besides what its status tells.</summary>
/// <param name="Extended">The extended attributes that could be read, sorted by name.</param>
/// <param name="Flags">Those of <see cref="FileFlagSets.Kept"/> that are set.</param>
/// <param name="Problems">What could not be read.</param>
internal readonly record struct EntryAttributes(
    IReadOnlyList<ExtendedAttribute> Extended, FileFlags Flags, IReadOnlyList<AttributeProblem> Problems);
