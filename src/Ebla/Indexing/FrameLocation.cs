using Ebla.Packs;
using Ebla.Primitives;

namespace Ebla.Indexing;

/// <summary>Where a frame's bytes are, and what opens them.</summary>
internal readonly record struct FrameLocation(ObjectId Pack, long OffsetInPack, int StoredSizeInBytes, FrameSeal Seal);
