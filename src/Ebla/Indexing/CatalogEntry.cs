using Ebla.Primitives;

namespace Ebla.Indexing;

/// <summary>One copy of a blob as the catalog knows it.</summary>
internal readonly record struct CatalogEntry(
    BlobId Id, FrameAddress Frame, FrameRow Row, int Place, int RoundedSizeInBytes);
