using Ebla.Primitives;

namespace Ebla.Operations.Statistics;

/// <summary>The objects of one kind.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Objects">How many there are.</param>
/// <param name="SizeInBytes">Their stored sizes together, exact.</param>
public sealed record KindStatistics(ObjectKind Kind, long Objects, long SizeInBytes);
