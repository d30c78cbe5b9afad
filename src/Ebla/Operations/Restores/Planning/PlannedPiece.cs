using Ebla.Indexing;

namespace Ebla.Operations.Restores.Planning;

/// <summary>A piece and the copy of its chunk that is to be read.</summary>
internal readonly record struct PlannedPiece(FilePiece Piece, FrameAddress Frame, int Place);
