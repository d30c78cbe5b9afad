using Ebla.Operations.Restores.Writing;
using Ebla.Primitives;

namespace Ebla.Operations.Restores.Planning;

/// <summary>A chunk and the place in a file where it belongs.</summary>
internal readonly record struct FilePiece(RestoreFile File, long Offset, int SizeInBytes, BlobId Id);
