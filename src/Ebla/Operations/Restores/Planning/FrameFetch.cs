using Ebla.Primitives;

namespace Ebla.Operations.Restores.Planning;

/// <summary>One range of a pack to be fetched, and the pieces that its frames hold.</summary>
/// <param name="Plan">The plan that it is of.</param>
/// <param name="Pack">The pack.</param>
/// <param name="OffsetInPack">Where the range begins.</param>
/// <param name="SizeInBytes">How long it is.</param>
/// <param name="FirstPiece">Into the plan's pieces.</param>
/// <param name="PieceCount">How many of them.</param>
internal sealed record FrameFetch(
    RestorePlan Plan, ObjectId Pack, long OffsetInPack, int SizeInBytes, int FirstPiece, int PieceCount);
