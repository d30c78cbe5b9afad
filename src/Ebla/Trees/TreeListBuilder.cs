using System.Buffers;
using System.Formats.Cbor;
using Ebla.Primitives;

namespace Ebla.Trees;

/// <summary>
/// Builds the tree blobs of one directory, or of one long file's content, from items in order. Small lists become one blob; large
/// ones are cut into leaves at places that depend on the items themselves, so that a change to one item changes one leaf and the
/// branches above it (docs/format.md, section "Trees").
/// </summary>
/// <remarks>Memory: one leaf and one blob per level above it. Not for concurrent use.</remarks>
internal sealed class TreeListBuilder(
    TreeBlobType type, Func<TreeBlobDraft, CancellationToken, ValueTask<BlobId>> store, int depth = 0)
{
    /// <summary>A leaf is not cut below this, in encoded bytes.</summary>
    public const int CutSizeInBytesMin = 16 << 10;

    /// <summary>A leaf is always cut before it would pass this, in encoded bytes.</summary>
    public const int CutSizeInBytesMax = 512 << 10;

    /// <summary>One of this many items is a place to cut: with items of about 150 bytes, leaves of about 54 KiB.</summary>
    public const ulong CutRate = 256;

    private readonly ArrayBufferWriter<byte> _items = new();
    private readonly List<ShortId> _links = [];
    private readonly HashSet<ShortId> _known = [];
    private int _count;
    private ulong _total;
    private ByteName _firstName;
    private TreeListBuilder? _above;

    private bool IsOfNodes => type is TreeBlobType.Nodes or TreeBlobType.NodeBranches;

    /// <summary>Adds an item.</summary>
    /// <param name="encoding">Its CBOR.</param>
    /// <param name="links">The blobs it refers to.</param>
    /// <param name="name">Of a node; empty else.</param>
    /// <param name="weight">1 for a node, the length in bytes for a piece.</param>
    /// <param name="cutValue">A value that depends only on the item's identity and is spread evenly; decides whether a leaf may end after it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask AddAsync(
        ReadOnlyMemory<byte> encoding, IReadOnlyList<ShortId> links, ByteName name, ulong weight, ulong cutValue,
        CancellationToken cancellationToken)
    {
        if (_count > 0 && (_items.WrittenCount + encoding.Length > CutSizeInBytesMax || _count == TreeBlobCodec.ItemsMax))
        {
            await CutAsync(cancellationToken).ConfigureAwait(false);
        }
        if (_count == 0)
        {
            _firstName = name;
        }
        _items.Write(encoding.Span);
        foreach (ShortId link in links)
        {
            if (_known.Add(link))
            {
                _links.Add(link);
            }
        }
        _count++;
        _total += weight;
        if (_items.WrittenCount >= CutSizeInBytesMin && cutValue % CutRate == 0)
        {
            await CutAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Stores what is left and returns the root of the list.</summary>
    public async ValueTask<BlobId> FinishAsync(CancellationToken cancellationToken)
    {
        if (_above is null)
        {
            return await StoreAsync(cancellationToken).ConfigureAwait(false);
        }
        if (_count > 0)
        {
            await CutAsync(cancellationToken).ConfigureAwait(false);
        }
        return await _above.FinishAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A builder that goes on from here by itself: to finish what there is so far, while this one grows on.</summary>
    public TreeListBuilder Fork()
    {
        TreeListBuilder fork = new(type, store, depth)
        {
            _count = _count,
            _total = _total,
            _firstName = _firstName,
            _above = _above?.Fork(),
        };
        fork._items.Write(_items.WrittenSpan);
        fork._links.AddRange(_links);
        fork._known.UnionWith(_known);
        return fork;
    }

    private async ValueTask CutAsync(CancellationToken cancellationToken)
    {
        TreeBranch branch = new(IsOfNodes ? _firstName : default, default, _total);
        branch = branch with { Id = await StoreAsync(cancellationToken).ConfigureAwait(false) };
        if (_above is null)
        {
            Invariant.Check(depth < TreeBlobCodec.DepthMax);
            _above = new TreeListBuilder(
                IsOfNodes ? TreeBlobType.NodeBranches : TreeBlobType.PieceBranches, store, depth + 1);
        }
        CborWriter writer = StrictCbor.CreateWriter();
        TreeBlobCodec.WriteBranch(writer, branch);
        await _above.AddAsync(
            writer.Encode(), [ShortId.Of(branch.Id)], branch.FirstName, branch.Total, branch.Id.Value.W3,
            cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<BlobId> StoreAsync(CancellationToken cancellationToken)
    {
        byte[] prefix = TreeBlobCodec.EncodePrefix(type, _count);
        byte[] plaintext = [.. prefix, .. _items.WrittenSpan];
        BlobId id = await store(new TreeBlobDraft(plaintext, [.. _links]), cancellationToken).ConfigureAwait(false);
        _items.ResetWrittenCount();
        _links.Clear();
        _known.Clear();
        _count = 0;
        _total = 0;
        return id;
    }
}
