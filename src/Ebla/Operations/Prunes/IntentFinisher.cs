using System.Buffers;
using Ebla.Backends;
using Ebla.Indexing;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Sessions;
using Ebla.Snapshots;

namespace Ebla.Operations.Prunes;

/// <summary>
/// Ends what runs left that died in the last moment of a commit: a snapshot of which everything is stored is put, as a writer does it;
/// one of which something is nowhere was never said to be done, and is dropped.
/// </summary>
internal sealed class IntentFinisher(Repository repository, Sweep sweep)
{
    /// <summary>Snapshots put in place.</summary>
    public int Finished { get; private set; }

    public async Task RunAsync(SessionList sessions, CancellationToken cancellationToken)
    {
        (ObjectName Name, SessionRecord Record)[] orphans =
            [.. sessions.All.Where(session => !session.IsStanding).SelectMany(session => session.Intents)];
        if (orphans.Length == 0)
        {
            return;
        }
        IBackend backend = repository.Backend;
        SessionRegister register = new(backend, repository.Keys);
        await register.AnnounceAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            SnapshotList snapshots = await new SnapshotStore(repository).LoadAsync(cancellationToken).ConfigureAwait(false);
            LoadedCatalog usable = await repository.CreateCatalogLoader().LoadForWritingAsync(cancellationToken).ConfigureAwait(false);
            using BlobIndex index = usable.Index;
            // Twice, the second begun after the first has ended: of what is copied from one pack to another meanwhile, a list may show neither.
            // What is copied after this session was announced cannot be removed while it stands.
            using BlobIndex first = await LoadWholeAsync(cancellationToken).ConfigureAwait(false);
            using BlobIndex second = await LoadWholeAsync(cancellationToken).ConfigureAwait(false);
            foreach ((ObjectName intent, SessionRecord record) in orphans)
            {
                if (await IsSettledAsync(register, record.Snapshot, snapshots, index, [first, second], cancellationToken).ConfigureAwait(false))
                {
                    _ = await sweep.DeleteAsync([intent], cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch
        {
            // What went wrong is the failure to tell; an announcement left behind costs a pruner one observation.
            await register.EndAsync(CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        await register.EndAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private async Task<bool> IsSettledAsync(
        SessionRegister register, ReadOnlyMemory<byte> content, SnapshotList snapshots, BlobIndex usable, BlobIndex[] looks,
        CancellationToken cancellationToken)
    {
        ObjectId id = new(Hashing.Blake3.Hash(content.Span));
        if (snapshots.Present.Any(stored => stored.Id == id) || snapshots.Notes.IsForgotten(id))
        {
            return true;
        }
        Snapshot snapshot;
        try
        {
            snapshot = SnapshotCodec.Open(repository.Keys, content.Span);
        }
        catch (CorruptDataException)
        {
            return true; // Nobody could ever read it.
        }
        if (IsWhole(usable, snapshot.Root, cancellationToken))
        {
            ObjectName own = await register.IntendAsync(content, cancellationToken).ConfigureAwait(false);
            bool stands = await register.StandsAsync(cancellationToken).ConfigureAwait(false);
            if (stands)
            {
                await repository.Backend.PutAsync(
                    new ObjectName(ObjectKind.Snapshot, id), new ReadOnlySequence<byte>(content), CancellationToken.None).ConfigureAwait(false);
                await repository.Backend.FlushAsync(CancellationToken.None).ConfigureAwait(false);
                Finished++;
            }
            _ = await sweep.DeleteAsync([own], cancellationToken).ConfigureAwait(false);
            return stands;
        }
        // Else it is in condemned packs only: the next look copies it out of them, and then it is whole. It is to be the same blob that no look
        // finds: of two that are copied one after the other, each look may miss one.
        HashSet<ShortId> missing = [.. MissingOf(looks[0], snapshot.Root, cancellationToken)];
        missing.IntersectWith(MissingOf(looks[1], snapshot.Root, cancellationToken));
        return missing.Count > 0 && await register.StandsAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<BlobIndex> LoadWholeAsync(CancellationToken cancellationToken)
        => (await repository.CreateCatalogLoader().LoadForPruningAsync(cancellationToken).ConfigureAwait(false)).Index;

    private static bool IsWhole(BlobIndex index, BlobId root, CancellationToken cancellationToken)
        => MissingOf(index, root, cancellationToken).Count == 0;

    private static IReadOnlyCollection<ShortId> MissingOf(BlobIndex index, BlobId root, CancellationToken cancellationToken)
    {
        CatalogWalk walk = new(index);
        walk.Visit(root, cancellationToken);
        return walk.Missing;
    }
}
