using Ebla.Primitives;

namespace Ebla.Trees;

/// <summary>One child of a branch.</summary>
/// <param name="FirstName">Name of the first node below; empty in a branch of pieces.</param>
/// <param name="Id">The child.</param>
/// <param name="Total">Nodes below, or bytes of content below.</param>
internal readonly record struct TreeBranch(ByteName FirstName, BlobId Id, ulong Total);
