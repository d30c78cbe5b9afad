using System.Buffers;
using Ebla.Primitives;

namespace Ebla.Packs;

/// <summary>A complete pack that is not stored yet. The content refers to the frames' buffers: keep them until it is put.</summary>
internal sealed record PackDraft(ObjectId Id, ReadOnlySequence<byte> Content, ReadOnlyMemory<byte> Directory);
