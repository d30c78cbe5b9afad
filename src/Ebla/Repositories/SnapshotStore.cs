using Ebla.Backends;
using Ebla.Primitives;
using Ebla.Snapshots;

namespace Ebla.Repositories;

/// <summary>The snapshots of a repository.</summary>
internal sealed class SnapshotStore(Repository repository)
{
    /// <summary>All snapshots that can be read, oldest first; those that cannot are findings.</summary>
    public async Task<SnapshotList> LoadAsync(CancellationToken cancellationToken)
    {
        List<StoredSnapshot> snapshots = [];
        List<CatalogFinding> findings = [];
        await foreach (ObjectInfo info in repository.Backend.ListAsync(ObjectKind.Snapshot, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                byte[]? content = await repository.Objects.TryReadAsync(
                    info.Name, SnapshotCodec.SizeInBytesMax, cancellationToken).ConfigureAwait(false);
                if (content is not null)
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
}
