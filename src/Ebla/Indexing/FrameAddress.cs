namespace Ebla.Indexing;

/// <summary>Names a frame within one <see cref="BlobIndex"/>: the ordinal of the run and of the frame in it.</summary>
internal readonly record struct FrameAddress(int Run, int Frame) : IComparable<FrameAddress>
{
    public int CompareTo(FrameAddress other) => Run != other.Run ? Run.CompareTo(other.Run) : Frame.CompareTo(other.Frame);
}
