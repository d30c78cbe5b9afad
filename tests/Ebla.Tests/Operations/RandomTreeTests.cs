using System.Diagnostics;
using System.Security.Cryptography;
using Ebla.FileSystems;
using Ebla.Operations.Backups;
using Ebla.Operations.Restores;
using Ebla.Primitives;
using Ebla.Tests.Architecture;
using Ebla.Tests.Operations.Restores;
using Xunit;

namespace Ebla.Tests.Operations;

/// <summary>Trees of chance, changed at random, come back as they were; the comparer of tests/torture is the judge.</summary>
public sealed class RandomTreeTests
{
    private const int Rounds = 3;

    // The second one grew a script longer than an argument may be.
    public static TheoryData<int> Seeds => [1, 1809606642, RandomNumberGenerator.GetInt32(int.MaxValue)];

    [Theory]
    [MemberData(nameof(Seeds), DisableDiscoveryEnumeration = true)]
    public async Task A_tree_of_chance_comes_back_in_every_round_of_changes_and_is_stored_once(int seed)
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        RandomTree tree = new(fixture.Source, Path.Combine(fixture.Root, "pool"), seed, LocalMachine.UserId() == 0);
        List<string> snapshots = [];
        for (int round = 0; round < Rounds; round++)
        {
            if (round == 0)
            {
                tree.Grow(120);
            }
            else
            {
                tree.Mutate(30);
            }
            snapshots.Add((await fixture.BackupAsync()).SnapshotId.ToString());
            string saved = Path.Combine(fixture.Root, $"round-{round}");
            await RestoreAsync(fixture, "latest", saved, $"seed {seed}, round {round}");
            Compare(fixture.Source, saved, $"seed {seed}, round {round}\n{tree.LastScript}");

            BackupResult again = await fixture.BackupAsync();
            Assert.True(again.FilesNew + again.FilesChanged == 0, $"seed {seed}, round {round}: {again}");
            Assert.True(again.AddedInBytes < 5000, $"seed {seed}, round {round}: the unchanged tree added {again.AddedInBytes} bytes");
        }
        // What came later changed no snapshot.
        for (int round = 0; round < Rounds; round++)
        {
            string back = Path.Combine(fixture.Root, $"again-{round}");
            await RestoreAsync(fixture, snapshots[round], back, $"seed {seed}, snapshot {round}");
            Compare(Path.Combine(fixture.Root, $"round-{round}"), back, $"seed {seed}, snapshot {round}");
        }
    }

    private static async Task RestoreAsync(RestoreFixture fixture, string snapshot, string target, string what)
    {
        RestoreOptions options = fixture.Options() with { Snapshot = snapshot, Target = ByteName.FromText(target) };
        (_, RecordingRestoreObserver seen) = await fixture.RestoreAsync(options);
        Assert.True(seen.Problems.IsEmpty, $"{what}: {string.Join('\n', seen.Problems)}");
        Assert.True(seen.Notices.IsEmpty, $"{what}: {string.Join('\n', seen.Notices)}");
    }

    private static void Compare(string expected, string actual, string what)
    {
        string comparer = Path.Combine(Checkout.Root, "tests/torture/compare");
        using Process process = Process.Start(new ProcessStartInfo("python3", [comparer, expected, actual])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        string output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{output}\n{what}");
    }
}
