using Ebla.Primitives;

namespace Ebla.Packs;

/// <summary>A blob of a frame that is being built.</summary>
internal readonly record struct FrameBlob(BlobId Id, int SizeInBytes, IReadOnlyList<ShortId> Links);
