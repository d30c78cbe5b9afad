using Ebla.Primitives;
using Ebla.Trees;

namespace Ebla.Operations.Listing;

/// <summary>One entry of a listing.</summary>
/// <param name="Path">Its absolute path in the snapshot.</param>
/// <param name="Node">What is there.</param>
public sealed record ListedEntry(ByteName Path, Node Node);
