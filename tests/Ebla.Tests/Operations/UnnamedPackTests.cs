using Ebla.Backends.Memory;
using Ebla.Operations.Checks;
using Ebla.Operations.Copies;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Tests.Operations.Copies;
using Ebla.Tests.Operations.Prunes;
using Ebla.Tests.Operations.Restores;
using Xunit;

namespace Ebla.Tests.Operations;

/// <summary>
/// Index segments are hints: where one has vanished (or was deleted since it had rotted), nothing is lost, to readers neither.
/// </summary>
public sealed class UnnamedPackTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_no_segment_names_is_restored_and_listed(bool isAllGone)
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        fixture.Shell("head -c 900000 /dev/urandom > noise; mkdir d; seq 1 5000 > d/numbers");
        _ = await fixture.BackupAsync();
        ObjectId[] first = await SegmentsAsync(fixture.Backend);
        fixture.Shell("head -c 300000 /dev/urandom > d/more");
        _ = await fixture.BackupAsync();
        await DeleteAsync(fixture.Backend, isAllGone ? await SegmentsAsync(fixture.Backend) : first);

        _ = await fixture.RestoreAndCompareAsync();

        await using Repository repository = await TestRepository.OpenAsync(fixture.Backend);
        Assert.DoesNotContain((await PruneFixture.CheckAsync(repository)).Findings, finding => finding.Severity == CheckSeverity.Damage);
    }

    [Fact]
    public async Task What_no_segment_names_is_copied()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        await DeleteAsync(filled.Backend, [(await SegmentsAsync(filled.Backend))[0]]);
        await using MemoryBackend destination = new();
        await using (await TestRepository.InitAsync(destination))
        {
        }

        (CopyResult result, _) = await CopyFixture.CopyAsync(filled.Backend, destination);

        Assert.Equal((2, 0, 0), (result.SnapshotsCopied, result.SnapshotsFailed, result.BlobsLost));
    }

    private static async Task<ObjectId[]> SegmentsAsync(MemoryBackend backend)
        => [.. (await Concurrently.ReadAllAsync(backend.ListAsync(ObjectKind.Index, Token))).Select(info => info.Name.Id).Order()];

    private static async Task DeleteAsync(MemoryBackend backend, IEnumerable<ObjectId> segments)
    {
        foreach (ObjectId segment in segments)
        {
            await backend.DeleteAsync(new ObjectName(ObjectKind.Index, segment), Token);
        }
    }
}
