using Ebla.Backends;
using Ebla.Keys;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.KeySlots;

/// <summary>
/// The key objects as they are stored now, each checked; what was read when the repository was opened may be out of date.
/// </summary>
internal sealed class KeyInventory
{
    private readonly List<SlotInfo> _slots = [];
    private readonly List<MemberObject> _members = [];
    private readonly List<GrantObject> _grants = [];
    private readonly List<CatalogFinding> _findings = [];

    private KeyInventory()
    {
    }

    /// <summary>The slots, oldest first; those whose description cannot be read last.</summary>
    public IReadOnlyList<SlotInfo> Slots => _slots;

    public IReadOnlyList<MemberObject> Members => _members;

    public IReadOnlyList<GrantObject> Grants => _grants;

    /// <summary>Key objects that are damaged, foreign or not understood, once each.</summary>
    public IReadOnlyList<CatalogFinding> Findings => _findings;

    public static async Task<KeyInventory> LoadAsync(Repository repository, CancellationToken cancellationToken)
    {
        KeyInventory inventory = new();
        List<ObjectInfo> listed = await Concurrently.ReadAllAsync(
            repository.Backend.ListAsync(ObjectKind.Key, cancellationToken)).ConfigureAwait(false);
        await foreach ((ObjectInfo info, Task<byte[]?> reading) in Concurrently.ForEachAsync(
            listed,
            (info, token) => repository.Objects.TryReadAsync(info.Name, KeyObject.SizeInBytesMax, token).AsTask(),
            Concurrently.SmallObjects,
            cancellationToken).ConfigureAwait(false))
        {
            try
            {
                if (await reading.ConfigureAwait(false) is { } content)
                {
                    inventory.Add(repository.Keys, new StoredKey(info.Name.Id, content));
                }
            }
            catch (Exception exception) when (exception is CorruptDataException or UnsupportedFormatException)
            {
                inventory._findings.Add(new CatalogFinding(info.Name, exception.Message));
            }
        }
        inventory._slots.Sort(CompareSlots);
        return inventory;
    }

    private static int CompareSlots(SlotInfo left, SlotInfo right)
    {
        int order = (left.Created ?? DateTimeOffset.MaxValue).CompareTo(right.Created ?? DateTimeOffset.MaxValue);
        return order != 0 ? order : left.Id.CompareTo(right.Id);
    }

    private void Add(UnlockedKeys keys, StoredKey stored)
    {
        KeyObject source = KeyObject.Read(stored, keys.Header);
        switch (source.Kind)
        {
            case KeyObjectKind.Slot: AddSlot(keys, SlotObject.Read(stored.Id, keys.Header.Repository, source)); break;
            case KeyObjectKind.Member: _members.Add(MemberObject.Read(stored.Id, source)); break;
            default: _grants.Add(GrantObject.Read(stored.Id, source)); break;
        }
    }

    // A slot whose description does not open may still open: it is listed, and it is a finding.
    private void AddSlot(UnlockedKeys keys, SlotObject slot)
    {
        bool isOpened = keys.Slots.Any(known => known.Id == slot.Id && known.IsOpened);
        if (keys.Rings.FirstOrDefault(ring => ring.Id == slot.Ring) is not { } ring)
        {
            _slots.Add(slot.Describe(isOpened));
            return;
        }
        try
        {
            _slots.Add(slot.ReadInfo(ring, isOpened));
        }
        catch (Exception exception) when (exception is CorruptDataException or UnsupportedFormatException)
        {
            _slots.Add(slot.Describe(isOpened));
            _findings.Add(new CatalogFinding(new ObjectName(ObjectKind.Key, slot.Id), exception.Message));
        }
    }
}
