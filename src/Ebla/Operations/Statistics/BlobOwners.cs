using Ebla.Indexing;
using Ebla.Packs;
using Ebla.Primitives;

namespace Ebla.Operations.Statistics;

/// <summary>Which blobs only one snapshot refers to, and which only one group of snapshots does: exact, from the catalog alone.</summary>
/// <remarks>
/// Each blob's owner is nobody, one member, several members of one group, or several groups, and only ever goes on in this order. What is
/// below a blob is owned by at least as many as the blob. So each tree blob is gone through at most three times, however many snapshots
/// there are. Takes 4 bytes per blob, in a file without a name.
/// </remarks>
/// <param name="copies">Finds blobs.</param>
/// <param name="groups">The group of each member, from 1; at 0 nothing, members are numbered from 1.</param>
/// <param name="yielding">A group whose members come last and own only what no other group does; 0 for none.</param>
/// <param name="newPath">Where the file is made.</param>
internal sealed class BlobOwners(CountedCopies copies, int[] groups, int yielding, Func<string> newPath) : IDisposable
{
    // An owner above 0 is a member; one below 0 is a group, negated: several of its members.
    private const int Nobody = 0;
    private const int SeveralGroups = int.MinValue;

    private readonly ScratchNumbers _owners = new(newPath(), copies.EntryCount);
    private readonly Stack<ShortId> _waiting = [];

    /// <summary>How often tree blobs were gone through.</summary>
    public long TreesVisited { get; private set; }

    /// <summary>Visits all that a member refers to.</summary>
    /// <param name="root">Its root.</param>
    /// <param name="member">Its number. Those of the group that yields come after all others.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public void Visit(BlobId root, int member, CancellationToken cancellationToken)
    {
        _waiting.Push(ShortId.Of(root));
        while (_waiting.TryPop(out ShortId id))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (copies.Find(id) is not { } ordinal || !TryOwn(ordinal, member))
            {
                continue;
            }
            CatalogEntry entry = copies.Get(ordinal);
            if (entry.Row.Kind == FrameKind.Tree)
            {
                TreesVisited++;
                ReadOnlySpan<byte> links = copies.GetLinks(entry);
                for (int offset = 0; offset < links.Length; offset += ShortId.SizeInBytes)
                {
                    _waiting.Push(ShortId.Read(links[offset..]));
                }
            }
        }
    }

    /// <summary>Counts every copy of every blob once.</summary>
    /// <param name="groupCount">How many groups there are.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public OwnerCounts Count(int groupCount, CancellationToken cancellationToken)
    {
        BlobTotals[] members = new BlobTotals[groups.Length];
        BlobTotals[] ofGroups = new BlobTotals[groupCount + 1];
        BlobTotals several = default;
        BlobTotals unreferred = default;
        BlobTotals further = default;
        for (long ordinal = 0; ordinal < copies.EntryCount; ordinal++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            CatalogEntry entry = copies.Get(ordinal);
            if (!copies.IsThere(entry))
            {
                continue;
            }
            BlobTotals measure = copies.Measure(entry);
            if (copies.Find(ShortId.Of(entry.Id)) != ordinal)
            {
                further = further.And(measure);
                continue;
            }
            int owner = _owners[ordinal];
            if (owner > Nobody)
            {
                members[owner] = members[owner].And(measure);
            }
            if (owner == Nobody)
            {
                unreferred = unreferred.And(measure);
            }
            else if (owner == SeveralGroups)
            {
                several = several.And(measure);
            }
            else
            {
                ofGroups[GroupOf(owner)] = ofGroups[GroupOf(owner)].And(measure);
            }
        }
        return new OwnerCounts(members, ofGroups, several, unreferred, further);
    }

    public void Dispose() => _owners.Dispose();

    // False if what is below cannot change any more.
    private bool TryOwn(long ordinal, int member)
    {
        ref int owner = ref _owners[ordinal];
        int before = owner;
        int after = Join(before, member);
        if (after == before)
        {
            return false;
        }
        owner = after; // Not written without need: a page that is written takes its way to the disk.
        return true;
    }

    private int Join(int owner, int member)
    {
        if (owner == Nobody)
        {
            return member;
        }
        if (owner == SeveralGroups || owner == member)
        {
            return owner;
        }
        return GroupOf(owner) == groups[member] ? -groups[member]
            : groups[member] == yielding ? owner
            : SeveralGroups;
    }

    private int GroupOf(int owner) => owner > Nobody ? groups[owner] : -owner;
}
