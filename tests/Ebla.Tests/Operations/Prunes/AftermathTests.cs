using Ebla.Operations.Checks;
using Ebla.Operations.Prunes;
using Ebla.Operations.Retention;
using Ebla.Primitives;
using Ebla.Repositories;
using Xunit;

namespace Ebla.Tests.Operations.Prunes;

/// <summary>What people are told of what a prune leaves for ever, and of what it cannot remove.</summary>
public sealed class AftermathTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Check_tells_of_a_session_until_a_prune_has_declared_it_over()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(2);
        await using Repository repository = await TestRepository.OpenAsync(fixture.Backend);
        await new SessionRegister(fixture.Backend, repository.Keys).AnnounceAsync(Token);
        await fixture.ForgetAsync(fixture.Backend, 0);

        CheckResult before = await PruneFixture.CheckAsync(repository);
        PruneResult pruned = await PruneFixture.PruneAsync(
            fixture.Backend, new PruneOptions { FenceAfter = TimeSpan.FromMilliseconds(50), SessionWait = TimeSpan.FromSeconds(20) });
        CheckResult after = await PruneFixture.CheckAsync(repository);

        Assert.Equal(1, pruned.SessionsFenced);
        CheckFinding finding = Assert.Single(before.Findings);
        Assert.Equal((CheckSeverity.Information, CheckSubject.Session), (finding.Severity, finding.Subject));
        Assert.Contains("was cut off", finding.Message, StringComparison.Ordinal);
        Assert.Empty(after.Findings);
    }

    [Fact]
    public async Task Who_names_a_snapshot_that_cannot_be_read_is_told_that_it_is_damaged_and_what_to_do()
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(3);
        await fixture.ForgetAsync(fixture.Backend, 0);
        TamperedBackend damaged = new(fixture.Backend);
        foreach (ObjectId id in fixture.Snapshots.Take(2))
        {
            damaged.Objects[new ObjectName(ObjectKind.Snapshot, id)] = new byte[100];
        }
        await using Repository repository = await TestRepository.OpenAsync(damaged);

        SnapshotNotFoundException undeleting = await Assert.ThrowsAsync<SnapshotNotFoundException>(
            () => UndeleteOperation.RunAsync(repository, [fixture.Snapshots[0].ToString()], Token));
        SnapshotNotFoundException forgetting = await Assert.ThrowsAsync<SnapshotNotFoundException>(
            () => ForgetOperation.RunAsync(repository, new ForgetOptions { Snapshots = [fixture.Snapshots[1].ToString()] }, Token));

        foreach (SnapshotNotFoundException exception in new[] { undeleting, forgetting })
        {
            Assert.Contains("is damaged", exception.Message, StringComparison.Ordinal);
            Assert.Contains("delete this object", exception.Message, StringComparison.Ordinal);
        }
    }
}
