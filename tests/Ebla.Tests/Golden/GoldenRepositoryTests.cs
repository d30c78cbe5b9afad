using Ebla.Encryption;
using Ebla.Indexing;
using Ebla.Keys;
using Ebla.Repositories;
using Ebla.Snapshots;
using Xunit;

namespace Ebla.Tests.Golden;

/// <summary>Every repository that a version ever wrote is read by this one.</summary>
public sealed class GoldenRepositoryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("v1-aes", CipherSuite.AesGcm, false, 2)]
    [InlineData("v1-chacha", CipherSuite.ChaCha20Poly1305, true, 1)]
    public async Task A_golden_repository_is_whole(string name, CipherSuite suite, bool hasPassword, int snapshotCount)
    {
        if (!GoldenRepository.Exists(name) && Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            await GoldenRepository.MakeAsync(name, suite, hasPassword, snapshotCount);
        }
        using Credential credential = hasPassword ? Credential.FromPassword(GoldenRepository.Password) : GoldenRepository.KeyFile();
        await using Repository repository = await GoldenRepository.OpenAsync(name, credential);

        SnapshotList list = await new SnapshotStore(repository).LoadAsync(Token);
        LoadedCatalog catalog = await repository.CreateCatalogLoader().LoadForReadingAsync(Token);
        using BlobIndex index = catalog.Index;
        CatalogWalk walk = new(index);
        foreach (StoredSnapshot stored in list.Snapshots)
        {
            walk.Visit(stored.Snapshot.Root, Token);
        }

        Assert.Equal(suite, repository.Keys.Ring.Suite);
        Assert.Empty(repository.Keys.Findings);
        Assert.Empty(list.Findings);
        Assert.Empty(catalog.Findings);
        Assert.Equal(snapshotCount, list.Snapshots.Count);
        for (int i = 0; i < snapshotCount; i++)
        {
            Snapshot snapshot = list.Snapshots[i].Snapshot;
            Assert.Equal((ulong)i + 1, snapshot.Sequence);
            Assert.Equal(GoldenRepository.SourceOf(name), snapshot.Paths.Single().ToString());
            Assert.Equal(list.Snapshots.Take(i).TakeLast(1).Select(earlier => earlier.Id), snapshot.Known.Select(known => known.Snapshot));
        }
        Assert.Empty(walk.Missing);
    }
}
