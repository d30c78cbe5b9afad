using Ebla.Backends.Memory;
using Ebla.Operations.Checks;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Tests.Operations.Copies;
using Xunit;

namespace Ebla.Tests.Operations;

/// <summary>
/// A store that writes objects under their final names, as rclone does in a plain folder, keeps a piece of a pack when a run is killed.
/// </summary>
public sealed class TornPackTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_torn_pack_that_no_index_names_is_a_warning_and_stops_nobody()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        await using FilledRepository other = await FilledRepository.MakeAsync(2);
        // Names that nothing here knows; the contents do not matter, as they are cut off.
        byte[] whole = await filled.ReadAsync((await filled.ListAsync(ObjectKind.Pack))[0]);
        List<ObjectName> torn = [.. (await other.ListAsync(ObjectKind.Pack)).Take(1)];
        int[] lengths = [0, 1, 100, whole.Length / 2, whole.Length - 1];
        foreach (int length in lengths)
        {
            await using MemoryBackend store = filled.Backend.DurableCopy();
            await store.PutAsync(torn[0], new(whole.AsMemory(0, length)), Token);
            await store.FlushAsync(Token);

            CheckFinding finding = Assert.Single(await CheckAsync(store), found => found.Severity != CheckSeverity.Information);
            Assert.Equal(CheckSeverity.Warning, finding.Severity);
            Assert.Equal(torn[0], finding.Object);
            Assert.Contains("nothing is lost", finding.Message, StringComparison.Ordinal);

            // Writers get on, and so do readers.
            await File.WriteAllTextAsync(Path.Combine(filled.Folder, "more"), $"cut at {length}", Token);
            ObjectId third;
            await using (Repository repository = await TestRepository.OpenAsync(store))
            {
                third = await filled.BackupAsync(repository);
            }
            string restored = filled.Folder["/".Length..];
            SortedDictionary<string, string> listing = await CopyFixture.RestoreAsync(store, third);
            Assert.Contains(Path.Combine(restored, "more"), listing.Keys);
            Assert.Contains(Path.Combine(restored, "big"), listing.Keys);
            Assert.All(await CheckAsync(store), found => Assert.NotEqual(CheckSeverity.Damage, found.Severity));
            await using MemoryBackend copy = await CopyFixture.MakeDestinationAsync(store, isLike: true);
            Assert.Equal(3, (await CopyFixture.CopyAsync(store, copy)).Result.SnapshotsCopied);
        }
    }

    [Fact]
    public async Task A_torn_pack_in_which_something_was_is_damage_though_no_index_names_it()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        foreach (ObjectName segment in await filled.ListAsync(ObjectKind.Index))
        {
            await filled.Backend.DeleteAsync(segment, Token);
        }
        ObjectName pack = (await filled.ListAsync(ObjectKind.Pack))[0];
        byte[] whole = await filled.ReadAsync(pack);
        await filled.Backend.DeleteAsync(pack, Token);
        await filled.Backend.PutAsync(pack, new(whole.AsMemory(0, whole.Length / 2)), Token);
        await filled.Backend.FlushAsync(Token);

        IReadOnlyList<CheckFinding> findings = await CheckAsync(filled.Backend);
        Assert.Contains(findings, finding => finding.Object == pack && finding.Severity == CheckSeverity.Damage);
        Assert.Contains(findings, finding => finding.Subject == CheckSubject.Blob && finding.Snapshots.Count > 0);
    }

    private static async Task<IReadOnlyList<CheckFinding>> CheckAsync(MemoryBackend store)
    {
        await using Repository repository = await TestRepository.OpenAsync(store);
        return (await CheckOperation.RunAsync(repository, new CheckOptions { ReadData = true }, new Silence(), Token)).Findings;
    }

    private sealed class Silence : ICheckObserver
    {
        public void Started(CheckCounters counters)
        {
        }

        public void Found(CheckFinding finding)
        {
        }
    }
}
