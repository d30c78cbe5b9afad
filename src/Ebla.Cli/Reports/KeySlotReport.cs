using Ebla.Keys;

namespace Ebla.Cli.Reports;

/// <summary>One element of what <c>key list --json</c> prints; what the other key commands print.</summary>
/// <param name="Id">64 hexadecimal digits.</param>
/// <param name="Kind">"password", "key_file" or "password_and_key_file".</param>
/// <param name="Label">Its label; null if its description cannot be read.</param>
/// <param name="Created">When it was made; null if its description cannot be read.</param>
/// <param name="Member">Whose it is; null if its description cannot be read.</param>
/// <param name="KdfMemoryBytes">Memory that a guess at the password needs; null for a key file.</param>
/// <param name="KdfPasses">How often it is gone through; null for a key file.</param>
/// <param name="Opened">Whether it is the one that was used now.</param>
internal sealed record KeySlotReport(
    string Id, string Kind, string? Label, DateTimeOffset? Created, string? Member,
    long? KdfMemoryBytes, int? KdfPasses, bool Opened)
{
    public static KeySlotReport Of(SlotInfo slot) => new(
        slot.Id.ToString(),
        KindOf(slot).Replace(' ', '_'),
        slot.Label,
        slot.Created,
        slot.Member?.ToString(),
        slot.Kdf?.MemoryInKibibytes * 1024L,
        slot.Kdf?.Passes,
        slot.IsOpened);

    public static string KindOf(SlotInfo slot) => slot.Type switch
    {
        CredentialKinds.Password => "password",
        CredentialKinds.KeyFile => "key file",
        _ => "password and key file",
    };
}
