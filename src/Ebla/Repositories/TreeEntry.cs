using Ebla.Trees;

namespace Ebla.Repositories;

/// <summary>A node and its own encoding, unknown fields included.</summary>
internal readonly record struct TreeEntry(Node Node, ReadOnlyMemory<byte> Encoding);
