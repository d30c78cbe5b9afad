using Ebla.Encryption;

namespace Ebla.Keys;

/// <summary>What a new repository is made of.</summary>
public sealed record RepositoryCreation
{
    /// <summary>What opens the first slot.</summary>
    public required Credential Credential { get; init; }

    /// <summary>The owner's name, for people: at most 256 bytes, no control characters.</summary>
    public required string MemberName { get; init; }

    /// <summary>How files are cut.</summary>
    public required ChunkerSettings Chunker { get; init; }

    /// <summary>
    /// A ring of another repository that the new one is to be like: the same content gets the same ids, and files are cut at the same
    /// places, with that ring's sizes. All other keys are new.
    /// </summary>
    public RingKeys? Like { get; init; }

    /// <value>What is fastest on this CPU by default.</value>
    public CipherSuite Suite { get; init; } = CipherSuites.Fastest;

    /// <summary>What a guess at the password costs; null to calibrate it. Not used without a password.</summary>
    public KdfParameters? Kdf { get; init; }

    /// <summary>The label of the first slot: at most 256 bytes, no control characters.</summary>
    public string SlotLabel { get; init; } = "";

    /// <summary>The clock for creation times.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    internal IEntropy Entropy { get; init; } = SystemEntropy.Instance;
}
