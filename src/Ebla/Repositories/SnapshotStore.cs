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

    /// <summary>
    /// All snapshots that can be read, oldest first, those apart that a note forgets; those that cannot be read are findings. The one place
    /// where this is decided: snapshots are listed first and notes after, so that whoever sees a snapshot which was forgotten before it
    /// looked sees that it was.
    /// </summary>
    public async Task<SnapshotList> LoadAsync(CancellationToken cancellationToken)
    {
        List<ObjectInfo> listed = await Concurrently.ReadAllAsync(
            repository.Backend.ListAsync(ObjectKind.Snapshot, cancellationToken)).ConfigureAwait(false);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // From here on together: each costs the time of the way there and back.
        Task<NoteList> loading = new NoteStore(repository, metadata).LoadAsync(stop.Token);
        try
        {
            (List<StoredSnapshot> snapshots, List<CatalogFinding> findings) = await ReadAllAsync(listed, stop.Token).ConfigureAwait(false);
            NoteList notes = await loading.ConfigureAwait(false);
            ILookup<bool, StoredSnapshot> sorted = snapshots.ToLookup(stored => notes.IsForgotten(stored.Id));
            return new SnapshotList([.. sorted[false]], findings) { Forgotten = [.. sorted[true]], Notes = notes };
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)loading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<(List<StoredSnapshot> Snapshots, List<CatalogFinding> Findings)> ReadAllAsync(
        List<ObjectInfo> listed, CancellationToken cancellationToken)
    {
        List<StoredSnapshot> snapshots = [];
        List<CatalogFinding> findings = [];
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
        return (snapshots, findings);
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
