using Ebla.Primitives;

namespace Ebla.Trees;

/// <summary>A run of a file's bytes: a stored chunk, or a hole of zeros.</summary>
/// <param name="Id">The blob; null for a hole.</param>
/// <param name="SizeInBytes">Its exact length, at least 1.</param>
public readonly record struct ContentPiece(BlobId? Id, long SizeInBytes);
