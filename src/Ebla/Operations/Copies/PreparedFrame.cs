using Ebla.Packs;
using Ebla.Primitives;

namespace Ebla.Operations.Copies;

/// <summary>A frame of the source that was read and checked, and is to be handed to the destination's session. Owns its buffers.</summary>
/// <param name="Wanted">The blobs wanted of it.</param>
/// <param name="Seal">What opened it.</param>
internal sealed record PreparedFrame(List<WantedBlob> Wanted, FrameSeal Seal) : IDisposable
{
    /// <summary>All its blobs, where it can go over as it is; else null.</summary>
    public FrameBlob[]? Whole { get; init; }

    /// <summary>Its bytes then, the blobs still compressed.</summary>
    public RentedBuffer? Plaintext { get; init; }

    /// <summary>Its blobs, where they go over one by one; null as well if it could not be read.</summary>
    public FrameContent? Content { get; init; }

    /// <summary>What is wrong with each blob wanted; null if nothing is.</summary>
    public string?[] Problems { get; init; } = [];

    /// <summary>Bytes in memory.</summary>
    public long SizeInBytes => Content?.SizeInBytes ?? Plaintext?.Length ?? 0;

    public void Dispose()
    {
        Plaintext?.Dispose();
        Content?.Dispose();
    }
}
