using Ebla.Trees;

namespace Ebla.Operations.Restores.Writing;

/// <summary>One name of a file with several.</summary>
/// <param name="Directory">Where it is.</param>
/// <param name="Node">The entry.</param>
/// <param name="IsAlone">A link could not be made: it is restored as a file of its own.</param>
internal sealed record LinkedName(RestoreDirectory Directory, Node Node, bool IsAlone = false);
