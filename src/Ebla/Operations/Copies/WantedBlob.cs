using Ebla.Indexing;
using Ebla.Packs;
using Ebla.Primitives;

namespace Ebla.Operations.Copies;

/// <summary>A blob to be copied, and the copy of it that is to be read.</summary>
/// <param name="Ordinal">Of its first entry in the source's index, whichever copy is read.</param>
/// <param name="Id">Its id in the source.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Frame">The frame to be read.</param>
/// <param name="Place">Its place there.</param>
internal readonly record struct WantedBlob(long Ordinal, BlobId Id, FrameKind Kind, FrameAddress Frame, int Place);
