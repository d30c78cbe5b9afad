using System.Formats.Cbor;
using Ebla.Primitives;
using Ebla.Trees;

namespace Ebla.Operations.Backups.Storing;

/// <summary>Gathers the pieces of one content: few stand in the node itself, more go into list blobs as they come.</summary>
internal sealed class PieceList(Func<TreeBlobDraft, CancellationToken, ValueTask<BlobId>> store)
{
    private readonly List<ContentPiece> _pieces = [];
    private TreeListBuilder? _list;

    /// <summary>Length of all pieces so far.</summary>
    public long SizeInBytes { get; private set; }

    public async ValueTask AddAsync(ContentPiece piece, CancellationToken cancellationToken)
    {
        SizeInBytes = checked(SizeInBytes + piece.SizeInBytes);
        if (_list is null && _pieces.Count < NodeCodec.InlinePiecesMax)
        {
            _pieces.Add(piece);
            return;
        }
        if (_list is null)
        {
            _list = new TreeListBuilder(TreeBlobType.Pieces, store);
            foreach (ContentPiece earlier in _pieces)
            {
                await AddAsync(_list, earlier, cancellationToken).ConfigureAwait(false);
            }
            _pieces.Clear();
        }
        await AddAsync(_list, piece, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<FileContent> FinishAsync(CancellationToken cancellationToken) => new(
        SizeInBytes, _pieces, _list is null ? null : await _list.FinishAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>Adds a piece to a list.</summary>
    public static ValueTask AddAsync(TreeListBuilder list, ContentPiece piece, CancellationToken cancellationToken)
    {
        CborWriter writer = StrictCbor.CreateWriter(64);
        ContentPieceCodec.Write(writer, piece);
        return list.AddAsync(
            writer.Encode(), FileContent.LinksOf([piece], null), default, (ulong)piece.SizeInBytes, piece.Id?.Value.W3 ?? 1,
            cancellationToken);
    }
}
