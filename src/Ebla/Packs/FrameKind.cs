namespace Ebla.Packs;

/// <summary>What a frame's blobs are. The numbers stand in the format; 0 is never valid.</summary>
public enum FrameKind : byte
{
    /// <summary>Chunks of files.</summary>
    File = 1,

    /// <summary>Tree blobs.</summary>
    Tree = 2,

    /// <summary>The sealed part of a snapshot; stands in no pack.</summary>
    Snapshot = 3,
}
