using Ebla.Backends;
using Ebla.Primitives;
using Ebla.Snapshots;

namespace Ebla.Repositories;

/// <summary>The snapshots of a repository.</summary>
/// <param name="repository">The repository.</param>
/// <param name="metadata">Keeps what was read; null for a reader that believes only the store.</param>
internal sealed class SnapshotStore(Repository repository, MetadataCache? metadata)
{
    public SnapshotStore(Repository repository)
        : this(repository, repository.Metadata)
    {
    }

    /// <summary>All snapshots that can be read, oldest first; those that cannot are findings.</summary>
    public async Task<SnapshotList> LoadAsync(CancellationToken cancellationToken)
    {
        List<StoredSnapshot> snapshots = [];
        List<CatalogFinding> findings = [];
        List<ObjectInfo> listed = await Concurrently.ReadAllAsync(
            repository.Backend.ListAsync(ObjectKind.Snapshot, cancellationToken)).ConfigureAwait(false);
        await foreach ((ObjectInfo info, Task<byte[]?> reading) in Concurrently.ForEachAsync(
            listed,
            ReadAsync,
            Concurrently.SmallObjects,
            cancellationToken).ConfigureAwait(false))
        {
            try
            {
                if (await reading.ConfigureAwait(false) is { } content)
                {
                    snapshots.Add(new StoredSnapshot(info.Name.Id, SnapshotCodec.Open(repository.Keys, content)));
                }
            }
            catch (Exception exception) when (exception is CorruptDataException or UnsupportedFormatException)
            {
                findings.Add(new CatalogFinding(info.Name, exception.Message));
            }
        }
        snapshots.Sort((left, right) =>
        {
            // The partial snapshots of a run have its time, as the whole one has.
            int order = left.Snapshot.Time.CompareTo(right.Snapshot.Time);
            order = order != 0 ? order : left.Snapshot.Writer.Value.CompareTo(right.Snapshot.Writer.Value);
            order = order != 0 ? order : left.Snapshot.Sequence.CompareTo(right.Snapshot.Sequence);
            return order != 0 ? order : left.Id.CompareTo(right.Id);
        });
        return new SnapshotList(snapshots, findings);
    }

    private async Task<byte[]?> ReadAsync(ObjectInfo info, CancellationToken cancellationToken)
    {
        if (metadata?.TryRead(info.Name.Id.Value, SnapshotCodec.SizeInBytesMax) is { } cached)
        {
            return cached;
        }
        byte[]? content = await repository.Objects.TryReadAsync(info.Name, SnapshotCodec.SizeInBytesMax, cancellationToken)
            .ConfigureAwait(false);
        if (content is not null)
        {
            metadata?.Add(info.Name.Id.Value, content);
        }
        return content;
    }
}
