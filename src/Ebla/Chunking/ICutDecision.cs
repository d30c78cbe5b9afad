namespace Ebla.Chunking;

/// <summary>The keyed function that decides whether a proposed cut point is one.</summary>
/// <remarks>Implement it as a struct, so that the call needs no dispatch. Called from several threads at once.</remarks>
internal interface ICutDecision
{
    /// <summary>A pseudo-random value of exactly these bytes and of the key.</summary>
    /// <param name="window">The <see cref="ChunkerParameters.WindowSizeInBytes"/> bytes before the proposed point.</param>
    ulong Decide(ReadOnlySpan<byte> window);
}
