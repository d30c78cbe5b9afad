using Ebla.Primitives;
using Ebla.Trees;

namespace Ebla.Operations.Backups.Nodes;

/// <summary>What a node says of extended attributes and flags.</summary>
/// <param name="Inline">The attributes, if they are few.</param>
/// <param name="Content">The blobs that hold many.</param>
/// <param name="Flags">Flags of chattr(1).</param>
/// <param name="IsComplete">Whether all could be read.</param>
internal readonly record struct NodeAttributes(
    IReadOnlyList<ExtendedAttribute> Inline, IReadOnlyList<ContentPiece> Content, FileFlags Flags, bool IsComplete);
