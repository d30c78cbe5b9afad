namespace Ebla.Trees;

/// <summary>What a tree blob lists. The numbers stand in the format; 0 is never valid.</summary>
internal enum TreeBlobType : byte
{
    /// <summary>Nodes of a directory, sorted by name.</summary>
    Nodes = 1,

    /// <summary>Tree blobs that hold a directory's nodes between them.</summary>
    NodeBranches = 2,

    /// <summary>Pieces of a file's content.</summary>
    Pieces = 3,

    /// <summary>Tree blobs that hold a file's pieces between them.</summary>
    PieceBranches = 4,
}
