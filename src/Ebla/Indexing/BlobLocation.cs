
namespace Ebla.Indexing;

/// <summary>Where one copy of a blob is.</summary>
/// <param name="Frame">Its frame.</param>
/// <param name="Place">Its place in the frame.</param>
/// <param name="SizeCode">Its rounded length, as a code.</param>
internal readonly record struct BlobLocation(FrameAddress Frame, int Place, ushort SizeCode);
