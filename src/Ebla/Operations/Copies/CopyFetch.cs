using Ebla.Indexing;
using Ebla.Primitives;

namespace Ebla.Operations.Copies;

/// <summary>One range of a pack to be fetched, and the frames in it that are needed.</summary>
internal sealed record CopyFetch(ObjectId Pack, long OffsetInPack, int SizeInBytes, IReadOnlyList<FrameAddress> Frames);
