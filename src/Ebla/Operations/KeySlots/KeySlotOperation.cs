using System.Buffers;
using Ebla.Encryption;
using Ebla.Keys;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.KeySlots;

/// <summary>
/// Lists, adds, removes and replaces key slots. Removing a slot only keeps an honest store from serving it: who has an old copy
/// of it and the password still opens the repository.
/// </summary>
public static class KeySlotOperation
{
    private const int PrefixLengthMin = 4;

    /// <summary>
    /// The slots as they are stored now, oldest first. Damaged ones are not among them: <c>check</c> names those.
    /// </summary>
    public static async Task<IReadOnlyList<SlotInfo>> ListAsync(Repository repository, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(repository);
        return (await KeyInventory.LoadAsync(repository, cancellationToken).ConfigureAwait(false)).Slots;
    }

    /// <summary>Adds a slot for the member who opened the repository. It is durable when this returns.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="credential">What will open it.</param>
    /// <param name="label">At most 256 bytes, no control characters.</param>
    /// <param name="kdf">What a guess at the password costs; null to calibrate it.</param>
    /// <param name="cancellationToken">Cancels; the slot may then be there or not.</param>
    /// <exception cref="ArgumentException">The label is not valid.</exception>
    public static async Task<SlotInfo> AddAsync(
        Repository repository, Credential credential, string label, KdfParameters? kdf, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(credential);
        ObjectName name = await StoreAsync(repository, credential, label, kdf, cancellationToken).ConfigureAwait(false);
        return await FindStoredAsync(repository, name, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Removes a slot. Refused for the slot that opened the repository (open it with another one, which shows that the other
    /// one works), and for the last slot of its member.
    /// </summary>
    /// <param name="repository">The repository.</param>
    /// <param name="idPrefix">The slot's id or the start of it, at least 4 digits.</param>
    /// <param name="cancellationToken">Cancels; the slot may then be there or not.</param>
    /// <returns>The slot that was removed.</returns>
    /// <exception cref="KeySlotException">Refused; nothing was changed.</exception>
    public static async Task<SlotInfo> RemoveAsync(Repository repository, string idPrefix, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(repository);
        KeyInventory inventory = await KeyInventory.LoadAsync(repository, cancellationToken).ConfigureAwait(false);
        SlotInfo slot = Find(inventory.Slots, idPrefix);
        if (slot.IsOpened)
        {
            throw new KeySlotException(
                $"Slot {slot.Id.ToShortString()} is the one that opened the repository. Open it with another slot to remove "
                + "this one, "
                + "or replace its password with: ebla key passwd");
        }
        if (!inventory.Slots.Any(other => other.Id != slot.Id && other.Member == MemberOf(repository, slot)))
        {
            throw new KeySlotException($"Slot {slot.Id.ToShortString()} is the last one of its member: without it nobody "
                + "could open.");
        }
        await DeleteAsync(repository, slot, cancellationToken).ConfigureAwait(false);
        return slot;
    }

    /// <summary>
    /// Replaces the slot that opened the repository: the new one is durable and was opened on trial before the old one is
    /// deleted.
    /// </summary>
    /// <param name="repository">The repository.</param>
    /// <param name="credential">What will open it from now on.</param>
    /// <param name="kdf">What a guess at the password costs; null to calibrate it.</param>
    /// <param name="cancellationToken">Cancels; the old slot, the new one or both are then there.</param>
    /// <returns>The new slot, with the label of the old one.</returns>
    /// <exception cref="KeySlotException">The slot that opened the repository is gone, or the store deletes nothing.</exception>
    public static async Task<SlotInfo> ReplaceAsync(
        Repository repository, Credential credential, KdfParameters? kdf, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(credential);
        RequireDelete(repository);
        KeyInventory inventory = await KeyInventory.LoadAsync(repository, cancellationToken).ConfigureAwait(false);
        SlotInfo old = inventory.Slots.FirstOrDefault(slot => slot.IsOpened)
            ?? throw new KeySlotException("The slot that opened the repository is no longer stored. Open the repository anew.");
        ObjectName name = await StoreAsync(repository, credential, old.Label ?? "", kdf, cancellationToken).ConfigureAwait(false);
        SlotInfo replacement = await FindStoredAsync(repository, name, cancellationToken).ConfigureAwait(false);
        await TryOutAsync(repository, name, credential, cancellationToken).ConfigureAwait(false);
        await DeleteAsync(repository, old, cancellationToken).ConfigureAwait(false);
        return replacement;
    }

    private static async Task<ObjectName> StoreAsync(
        Repository repository, Credential credential, string label, KdfParameters? kdf, CancellationToken cancellationToken)
    {
        DateTimeOffset now = repository.Time.GetUtcNow();
        StoredKey stored = await Task.Run(() => repository.Keys.NewSlot(credential, label, now, kdf), cancellationToken)
            .ConfigureAwait(false);
        ObjectName name = new(ObjectKind.Key, stored.Id);
        await repository.Backend.PutAsync(name, new ReadOnlySequence<byte>(stored.Bytes), cancellationToken)
            .ConfigureAwait(false);
        await repository.Backend.FlushAsync(cancellationToken).ConfigureAwait(false);
        return name;
    }

    private static async Task<SlotInfo> FindStoredAsync(
        Repository repository, ObjectName name, CancellationToken cancellationToken)
    {
        KeyInventory inventory = await KeyInventory.LoadAsync(repository, cancellationToken).ConfigureAwait(false);
        return inventory.Slots.FirstOrDefault(slot => slot.Id == name.Id)
            ?? throw new KeySlotException($"The new slot {name.Id.ToShortString()} was stored, but cannot be read back.");
    }

    private static async Task TryOutAsync(
        Repository repository, ObjectName name, Credential credential, CancellationToken cancellationToken)
    {
        byte[] stored = await repository.Objects.ReadAsync(name, KeyObject.SizeInBytesMax, cancellationToken)
            .ConfigureAwait(false);
        KeyObject source = KeyObject.Read(new StoredKey(name.Id, stored), repository.Keys.Header);
        var slot = SlotObject.Read(name.Id, repository.Keys.Header.Repository, source);
        using SlotPayload? payload = await Task.Run(() => slot.TryOpen(credential), cancellationToken).ConfigureAwait(false);
        if (payload is null || payload.Member != repository.Keys.Member.Id)
        {
            throw new KeySlotException("The new slot does not open with what was given. The old one stays.");
        }
    }

    // Two machines may remove each the other's last slot at once: whoever finds none left puts back what it removed.
    private static async Task DeleteAsync(Repository repository, SlotInfo slot, CancellationToken cancellationToken)
    {
        RequireDelete(repository);
        ObjectName name = new(ObjectKind.Key, slot.Id);
        byte[] content = await repository.Objects.ReadAsync(name, KeyObject.SizeInBytesMax, cancellationToken)
            .ConfigureAwait(false);
        await repository.Backend.DeleteAsync(name, cancellationToken).ConfigureAwait(false);
        await repository.Backend.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        KeyInventory left = await KeyInventory.LoadAsync(repository, CancellationToken.None).ConfigureAwait(false);
        if (!left.Slots.Any(other => other.Member == MemberOf(repository, slot)))
        {
            await repository.Backend.PutAsync(name, new ReadOnlySequence<byte>(content), CancellationToken.None)
                .ConfigureAwait(false);
            await repository.Backend.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            throw new KeySlotException(
                $"Another machine removed slots at the same time, and none would be left: slot {slot.Id.ToShortString()} "
                + "was put back.");
        }
    }

    // Of a slot whose description cannot be read it is not known: then this member must keep one.
    private static MemberId MemberOf(Repository repository, SlotInfo slot) => slot.Member ?? repository.Keys.Member.Id;

    private static SlotInfo Find(IReadOnlyList<SlotInfo> slots, string idPrefix)
    {
        if (idPrefix.Length < PrefixLengthMin || !idPrefix.All(char.IsAsciiHexDigitLower))
        {
            throw new KeySlotException($"'{idPrefix}' is not a slot: give at least {PrefixLengthMin} digits of its id.");
        }
        SlotInfo[] found = [.. slots.Where(slot => slot.Id.ToString().StartsWith(idPrefix, StringComparison.Ordinal))];
        return found.Length switch
        {
            1 => found[0],
            0 => throw new KeySlotException($"There is no key slot whose id begins with {idPrefix}."),
            _ => throw new KeySlotException($"{found.Length} key slots have ids that begin with {idPrefix}: give more digits."),
        };
    }

    private static void RequireDelete(Repository repository)
    {
        if (!repository.Backend.Capabilities.CanDelete)
        {
            throw new KeySlotException($"{repository.Backend.Location} deletes nothing: no slot can be removed there.");
        }
    }
}
