using Ebla.Encryption;
using Ebla.Primitives;

namespace Ebla.Keys;

/// <summary>A slot as it is listed.</summary>
/// <param name="Id">The key object to delete to remove the slot.</param>
/// <param name="Type">What opens it.</param>
/// <param name="Kdf">What a guess costs; null for a key file.</param>
/// <param name="Label">Its label; null if its description cannot be read.</param>
/// <param name="Member">Whose it is; null if its description cannot be read.</param>
/// <param name="Created">When it was made, to the second; null if its description cannot be read.</param>
/// <param name="IsOpened">Whether it is the one that was just opened.</param>
public sealed record SlotInfo(
    ObjectId Id,
    CredentialKinds Type,
    KdfParameters? Kdf,
    string? Label,
    MemberId? Member,
    DateTimeOffset? Created,
    bool IsOpened);
