using System.Text.Json.Nodes;
using Ebla.Backends;
using Ebla.Indexing;
using Ebla.Keys;
using Ebla.Notes;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Sessions;
using Ebla.Trees;

namespace Ebla.Operations.Contents;

/// <summary>
/// Shows what stands in a repository: objects decoded, blobs and files as they are. For the curious and for scripts.
/// </summary>
public static class CatOperation
{
    private const int PrefixLengthMin = 4;

    /// <summary>An object or tree blob, checked, decrypted and decoded. Secrets never appear.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="kind">What to show.</param>
    /// <param name="id">The id or the start of it, at least 4 digits; not used for the header. For snapshots also
    /// <c>latest</c>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="MissingObjectException">No object, or more than one, has such an id.</exception>
    /// <exception cref="CorruptDataException">It is damaged.</exception>
    public static async Task<JsonObject> ReadAsync(
        Repository repository, CatKind kind, string id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(id);
        switch (kind)
        {
            case CatKind.Header:
                return await ReadHeaderAsync(repository, cancellationToken).ConfigureAwait(false);
            case CatKind.Snapshot:
                SnapshotList snapshots = await new SnapshotStore(repository).LoadAsync(cancellationToken).ConfigureAwait(false);
                return DecodedSnapshot.Of(snapshots.Find(id));
            case CatKind.Tree:
                return await ReadTreeAsync(repository, id, cancellationToken).ConfigureAwait(false);
            default:
                break;
        }
        ObjectKind objects = ObjectKindOf(kind);
        ObjectInfo info = await FindAsync(repository.Backend, objects, id, cancellationToken).ConfigureAwait(false);
        UnlockedKeys keys = repository.Keys;
        if (kind == CatKind.Pack)
        {
            IndexedPack pack = await new PackDirectoryReader(repository.Backend, keys)
                .TryReadAsync(info.Name.Id, info.SizeInBytes, cancellationToken).ConfigureAwait(false)
                ?? throw new MissingObjectException($"{info.Name} is missing.");
            return DecodedPack.Of(pack);
        }
        byte[] content = await repository.Objects.ReadAsync(info.Name, SizeInBytesMaxOf(kind), cancellationToken)
            .ConfigureAwait(false);
        return kind switch
        {
            CatKind.Key => DecodedKey.Of(keys, new StoredKey(info.Name.Id, content)),
            CatKind.Index => DecodedPack.Of(info.Name.Id, IndexSegmentCodec.Open(keys, content)),
            CatKind.Session => DecodedSession.Of(info.Name.Id, SessionRecordCodec.Open(keys, content)),
            CatKind.Note => DecodedNote.Of(info.Name.Id, NoteCodec.Open(keys, content, out MemberId signer), signer),
            _ => DecodedSession.OfCondemned(
                info.Name.Id, CondemnedCodec.OpenPacks(keys, content), CondemnedCodec.OpenSnapshots(keys, content)),
        };
    }

    /// <summary>Writes a blob's plaintext.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="id">The blob's id or the start of it, at least 4 digits.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="MissingObjectException">No blob, or more than one, has such an id, or its pack is gone.</exception>
    public static async Task CopyBlobAsync(
        Repository repository, string id, Stream destination, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(destination);
        using SnapshotReader reader = await SnapshotReader.OpenAsync(repository, cancellationToken).ConfigureAwait(false);
        ReadOnlyMemory<byte> blob = await reader.Blobs.ReadAsync(FindBlob(reader, id), cancellationToken).ConfigureAwait(false);
        await destination.WriteAsync(blob, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes a file's content in order, holes as zeros. Verified piece by piece before it is written.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="place">The file in its snapshot.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The file's node.</returns>
    /// <exception cref="SnapshotNotFoundException">There is no such snapshot or path, or it is no regular file.</exception>
    /// <exception cref="CorruptDataException">A piece is damaged: what was written before it is whole.</exception>
    public static async Task<Node> CopyFileAsync(
        Repository repository, SnapshotPath place, Stream destination, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(destination);
        using SnapshotReader reader = await SnapshotReader.OpenAsync(repository, cancellationToken).ConfigureAwait(false);
        SnapshotPlace found = await reader.FindAsync(place, cancellationToken).ConfigureAwait(false);
        if (found.Node is not { Type: FileType.Regular } file)
        {
            throw new SnapshotNotFoundException($"{found.Path} is not a file in snapshot {found.Stored.Id.ToShortString()}.");
        }
        await foreach (ContentPiece piece in reader.Trees.ReadPiecesAsync(file, cancellationToken).ConfigureAwait(false))
        {
            if (piece.Id is not { } id)
            {
                await WriteHoleAsync(destination, piece.SizeInBytes, cancellationToken).ConfigureAwait(false);
                continue;
            }
            ReadOnlyMemory<byte> blob = await reader.Blobs.ReadAsync(id, cancellationToken).ConfigureAwait(false);
            if (blob.Length != piece.SizeInBytes)
            {
                throw new CorruptDataException($"{found.Path}: blob {id.ToShortString()} has another length than the file says.");
            }
            await destination.WriteAsync(blob, cancellationToken).ConfigureAwait(false);
        }
        return file;
    }

    private static async Task WriteHoleAsync(Stream destination, long sizeInBytes, CancellationToken cancellationToken)
    {
        byte[] zeros = new byte[(int)Math.Min(sizeInBytes, 64 << 10)];
        for (long rest = sizeInBytes; rest > 0; rest -= zeros.Length)
        {
            await destination.WriteAsync(zeros.AsMemory(0, (int)Math.Min(rest, zeros.Length)), cancellationToken)
                .ConfigureAwait(false);
        }
    }

    private static async Task<JsonObject> ReadHeaderAsync(Repository repository, CancellationToken cancellationToken)
    {
        byte[] content = await repository.Backend.ReadHeaderAsync(cancellationToken).ConfigureAwait(false)
            ?? throw new NoRepositoryException($"There is no repository at {repository.Backend.Location}.");
        var header = RepositoryHeader.Read(content);
        return new JsonObject
        {
            ["repository_id"] = header.Repository.ToString(),
            ["root_key_hash"] = header.RootKeyHash.ToString(),
        };
    }

    private static async Task<JsonObject> ReadTreeAsync(Repository repository, string id, CancellationToken cancellationToken)
    {
        using SnapshotReader reader = await SnapshotReader.OpenAsync(repository, cancellationToken).ConfigureAwait(false);
        BlobId blob = FindBlob(reader, id);
        return DecodedTree.Of(blob, TreeBlobCodec.Decode(await reader.Blobs.ReadAsync(blob, cancellationToken)
            .ConfigureAwait(false)));
    }

    private static async Task<ObjectInfo> FindAsync(
        IBackend backend, ObjectKind kind, string prefix, CancellationToken cancellationToken)
    {
        RequirePrefix(prefix);
        List<ObjectInfo> found = [];
        await foreach (ObjectInfo info in backend.ListAsync(kind, cancellationToken).ConfigureAwait(false))
        {
            if (info.Name.Id.ToString().StartsWith(prefix, StringComparison.Ordinal))
            {
                found.Add(info);
            }
        }
        return found.Count switch
        {
            1 => found[0],
            0 => throw new MissingObjectException($"{ObjectName.FolderOf(kind)} holds no object whose id begins with {prefix}."),
            _ => throw new MissingObjectException($"{found.Count} objects have ids that begin with {prefix}: give more digits."),
        };
    }

    private static BlobId FindBlob(SnapshotReader reader, string prefix)
    {
        RequirePrefix(prefix);
        return reader.FindBlob(prefix);
    }

    private static void RequirePrefix(string prefix)
    {
        if (prefix.Length < PrefixLengthMin || prefix.Length > 2 * Hash256.SizeInBytes || !prefix.All(char.IsAsciiHexDigitLower))
        {
            throw new MissingObjectException($"'{prefix}' is not an id: give at least {PrefixLengthMin} hexadecimal digits.");
        }
    }

    private static ObjectKind ObjectKindOf(CatKind kind) => kind switch
    {
        CatKind.Key => ObjectKind.Key,
        CatKind.Pack => ObjectKind.Pack,
        CatKind.Index => ObjectKind.Index,
        CatKind.Session => ObjectKind.Session,
        CatKind.Condemned => ObjectKind.Condemned,
        CatKind.Note => ObjectKind.Note,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind."),
    };

    private static long SizeInBytesMaxOf(CatKind kind) => kind switch
    {
        CatKind.Key => KeyObject.SizeInBytesMax,
        CatKind.Index => IndexSegmentCodec.BodySizeInBytesMax * 2L,
        CatKind.Session => SessionRecordCodec.BodySizeInBytesMax * 2L,
        CatKind.Note => NoteCodec.BodySizeInBytesMax * 2L,
        _ => CondemnedCodec.BodySizeInBytesMax * 2L,
    };
}
