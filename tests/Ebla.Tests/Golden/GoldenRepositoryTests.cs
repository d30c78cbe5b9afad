using System.Text.RegularExpressions;
using Ebla.Encryption;
using Ebla.Indexing;
using Ebla.Keys;
using Ebla.Operations.Restores;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Snapshots;
using Ebla.Tests.Operations.Restores;
using Xunit;

namespace Ebla.Tests.Golden;

/// <summary>Every repository that a version ever wrote is read by this one.</summary>
public sealed partial class GoldenRepositoryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("v1-aes", CipherSuite.AesGcm, false, 2)]
    [InlineData("v1-like", CipherSuite.AesGcm, false, 2)]
    [InlineData("v1-chacha", CipherSuite.ChaCha20Poly1305, true, 1)]
    public async Task A_golden_repository_is_whole(string name, CipherSuite suite, bool hasPassword, int snapshotCount)
    {
        if (!GoldenRepository.Exists(name) && Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            await GoldenRepository.MakeAsync(name, suite, hasPassword, snapshotCount);
        }
        using Credential credential =
            hasPassword ? Credential.FromPassword(GoldenRepository.Password) : GoldenRepository.KeyFile();
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
            Assert.Equal(
                list.Snapshots.Take(i).TakeLast(1).Select(earlier => earlier.Id),
                snapshot.Known.Select(known => known.Snapshot));
        }
        Assert.Empty(walk.Missing);
        for (int i = 0; i < snapshotCount; i++)
        {
            await RestoreAndCompareAsync(repository, name, list.Snapshots[i]);
        }
    }

    private static async Task RestoreAndCompareAsync(Repository repository, string name, StoredSnapshot stored)
    {
        string target = Directory.CreateTempSubdirectory("ebla-golden-").FullName;
        try
        {
            RecordingRestoreObserver observer = new();
            RestoreResult result = await RestoreOperation.RunAsync(
                repository,
                new RestoreOptions
                {
                    Snapshot = stored.Id.ToString(),
                    PathInSnapshot = stored.Snapshot.Paths.Single(),
                    Target = ByteName.FromText(Path.Combine(target, "restored")),
                    NumericOwner = true,
                },
                observer,
                Token);

            string expected = GoldenRepository.Expected(name, (int)stored.Snapshot.Sequence);
            string actual = GoldenRepository.Describe(Path.Combine(target, "restored"));
            if (Environment.IsPrivilegedProcess)
            {
                Assert.Equal(0, result.Errors);
            }
            else
            {
                // Only root can give files away.
                expected = Capabilities().Replace(Owners().Replace(expected, " ${kind} "), "");
                actual = Capabilities().Replace(Owners().Replace(actual, " ${kind} "), "");
            }
            // The folder itself is the user's: a restore of its content leaves its metadata alone.
            Assert.Equal(expected.Split('\n').Skip(1), actual.Split('\n').Skip(1));
        }
        finally
        {
            GoldenRepository.Delete(target);
        }
    }

    [GeneratedRegex(@" (?<kind>[dflps] [0-7]+) [0-9]+ [0-9]+ ")]
    private static partial Regex Owners();

    [GeneratedRegex(@"[^\n]* security\.capability=[^\n]*\n")]
    private static partial Regex Capabilities();
}
