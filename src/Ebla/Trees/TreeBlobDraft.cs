using Ebla.Primitives;

namespace Ebla.Trees;

/// <summary>A finished tree blob that is not stored yet: its plaintext and what it refers to.</summary>
internal readonly record struct TreeBlobDraft(ReadOnlyMemory<byte> Plaintext, IReadOnlyList<ShortId> Links);
