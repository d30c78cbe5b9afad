using Ebla.Indexing;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations;

/// <summary>
/// What it takes to look into snapshots: the list of them, the catalog, and readers of blobs and trees. One for an operation.
/// </summary>
internal sealed class SnapshotReader : IDisposable
{
    private readonly LoadedCatalog _catalog;

    private SnapshotReader(Repository repository, SnapshotList snapshots, LoadedCatalog catalog)
    {
        Snapshots = snapshots;
        _catalog = catalog;
        Blobs = new BlobReader(repository.Backend, repository.Keys, catalog.Index, repository.Metadata);
        Trees = new TreeReader(Blobs);
    }

    public SnapshotList Snapshots { get; }

    public BlobReader Blobs { get; }

    public TreeReader Trees { get; }

    /// <summary>The snapshots first and the catalog after them: what a snapshot refers to was in the index before it.</summary>
    public static async Task<SnapshotReader> OpenAsync(Repository repository, CancellationToken cancellationToken)
    {
        SnapshotList snapshots = await new SnapshotStore(repository).LoadAsync(cancellationToken).ConfigureAwait(false);
        LoadedCatalog catalog = await repository.CreateCatalogLoader().LoadForReadingAsync(cancellationToken)
            .ConfigureAwait(false);
        return new SnapshotReader(repository, snapshots, catalog);
    }

    /// <summary>Finds the snapshot and goes down to the place.</summary>
    public Task<SnapshotPlace> FindAsync(SnapshotPath place, CancellationToken cancellationToken)
        => SnapshotPlace.FindAsync(Trees, Snapshots.Find(place.Snapshot), place.Path, cancellationToken);

    /// <summary>The blob whose id begins with these digits.</summary>
    /// <exception cref="MissingObjectException">There is none, or more than one.</exception>
    public BlobId FindBlob(string prefix)
    {
        HashSet<BlobId> found = [];
        BlobId first = BlobId.Read(Convert.FromHexString(prefix.PadRight(2 * Hash256.SizeInBytes, '0')));
        foreach (IndexRun run in _catalog.Index.Runs)
        {
            for (long entry = run.FindFirst(first); entry < run.EntryCount && found.Count < 2; entry++)
            {
                BlobId id = run.GetEntry(entry).Id;
                if (!id.ToString().StartsWith(prefix, StringComparison.Ordinal))
                {
                    break;
                }
                _ = found.Add(id);
            }
        }
        return found.Count switch
        {
            1 => found.First(),
            0 => throw new MissingObjectException($"The index knows no blob whose id begins with {prefix}."),
            _ => throw new MissingObjectException($"Several blobs have ids that begin with {prefix}: give more digits."),
        };
    }

    public void Dispose()
    {
        Blobs.Dispose();
        _catalog.Index.Dispose();
    }
}
