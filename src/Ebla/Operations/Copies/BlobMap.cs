using System.Buffers.Binary;
using Ebla.Indexing;
using Ebla.Primitives;

namespace Ebla.Operations.Copies;

/// <summary>What blobs of the source are called in the destination: by the ordinals of their first entries in the source's index.</summary>
internal sealed class BlobMap(BlobIndex index, Func<string> newPath) : IDisposable
{
    private const int NoLength = -1;

    // ROW: id in the destination 32 | length i32, or NoLength for trees; 0 of a row that was not written
    private readonly ScratchTable _rows = new(newPath(), index.EntryCount, Hash256.SizeInBytes + sizeof(int));

    /// <summary>Whether a blob has a name in the destination.</summary>
    public bool Contains(long ordinal) => LengthAt(_rows[ordinal]) != 0;

    /// <summary>Names a chunk.</summary>
    public void Add(long ordinal, BlobId id, int sizeInBytes) => Write(ordinal, id, sizeInBytes);

    /// <summary>Names a directory or a content list, by its topmost blob.</summary>
    public void AddTree(long ordinal, BlobId id) => Write(ordinal, id, NoLength);

    /// <summary>The ordinal of a blob of the source.</summary>
    /// <exception cref="MissingObjectException">The source's index does not know it.</exception>
    public long OrdinalOf(BlobId source) => index.FindOrdinal(source)
        ?? throw new MissingObjectException($"Blob {source.ToShortString()} is in no pack that the index knows.");

    /// <summary>The name in the destination.</summary>
    /// <param name="source">The id in the source.</param>
    /// <param name="sizeInBytes">The length that the tree says a chunk has; null for a tree.</param>
    /// <exception cref="CorruptDataException">It has none, or another length.</exception>
    public BlobId Get(BlobId source, long? sizeInBytes)
    {
        ReadOnlySpan<byte> row = _rows[OrdinalOf(source)];
        int length = LengthAt(row);
        return length == (sizeInBytes ?? NoLength)
            ? BlobId.Read(row)
            : throw new CorruptDataException(length == 0
                ? $"The trees refer to blob {source.ToShortString()}, and their links do not."
                : $"The tree says a wrong length of blob {source.ToShortString()}.");
    }

    public void Dispose() => _rows.Dispose();

    private static int LengthAt(ReadOnlySpan<byte> row) => BinaryPrimitives.ReadInt32LittleEndian(row[Hash256.SizeInBytes..]);

    private void Write(long ordinal, BlobId id, int length)
    {
        Span<byte> row = _rows[ordinal];
        id.Write(row);
        BinaryPrimitives.WriteInt32LittleEndian(row[Hash256.SizeInBytes..], length);
    }
}
