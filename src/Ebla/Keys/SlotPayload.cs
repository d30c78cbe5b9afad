using Ebla.Encryption;
using Ebla.Primitives;

namespace Ebla.Keys;

/// <summary>What an opened slot holds. The caller disposes, or takes the seeds over.</summary>
internal sealed class SlotPayload : IDisposable
{
    public required MemberId Member { get; init; }

    public required SecretBytes MemberSeed { get; init; }

    public required byte[] RootPublicKey { get; init; }

    /// <summary>The owner's.</summary>
    public required SecretBytes? RootSeed { get; init; }

    public void Dispose()
    {
        MemberSeed.Dispose();
        RootSeed?.Dispose();
    }
}
