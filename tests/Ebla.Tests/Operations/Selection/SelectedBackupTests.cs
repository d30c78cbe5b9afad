using Ebla.Backends.Memory;
using Ebla.Operations;
using Ebla.Operations.Backups;
using Ebla.Operations.Backups.Planning;
using Ebla.Operations.Backups.Scanning;
using Ebla.Operations.Backups.Selection;
using Ebla.Operations.Listing;
using Ebla.Operations.Patterns;
using Ebla.Primitives;
using Ebla.Repositories;
using Xunit;

namespace Ebla.Tests.Operations.Selection;

/// <summary>Whole backups of chosen trees.</summary>
public sealed class SelectedBackupTests : IDisposable
{
    private static readonly string[] Names = ["a", "b", "c.o", "d.c", ".e", "build", "f g"];
    private static readonly string[] Patterns = ["a", "*.o", "build/", "!d.c", "/a", "b/a", "**/b", "*", "!build", ".*", "[a-c]*", "a/**/b"];

    private readonly string _folder = Directory.CreateTempSubdirectory("ebla-select-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_dry_run_tells_is_what_a_backup_stores_and_what_the_estimate_counts()
    {
        for (int seed = 1; seed <= 15; seed++)
        {
            Random random = new(seed);
            string source = Directory.CreateDirectory(Path.Combine(_folder, $"source{seed}")).FullName;
            Fill(source, random, 0);
            BackupOptions options = new()
            {
                Paths = [ByteName.FromText(source)],
                ListedPaths = [ByteName.FromText(Path.Combine(source, "a", "b"))],
                Selection = new SelectionOptions
                {
                    Rules = [.. random.GetItems(Patterns, random.Next(3)).Select(one => PatternRule.Exclude(ByteName.FromText(one), "test"))],
                    ExcludesCaches = true,
                    FileSizeInBytesMax = random.Next(2) == 0 ? 5 : null,
                },
            };
            await using MemoryBackend backend = new();
            await using Repository repository = await TestRepository.InitAsync(backend);

            List<PlannedEntry> first = await PlanAsync(repository, options);
            var estimate = SourceEstimate.Start(options, Token);
            BackupResult result = await BackupOperation.RunAsync(repository, options, new RecordingObserver(), Token);
            await estimate.Completion;
            Touch(source, random);
            List<PlannedEntry> second = await PlanAsync(repository, options);
            BackupResult again = await BackupOperation.RunAsync(repository, options, new RecordingObserver(), Token);

            List<string> stored = await ListAsync(repository, result.SnapshotId, source);
            Assert.True(Taken(first).SequenceEqual(stored), $"seed {seed}: {string.Join(' ', Taken(first))} is not {string.Join(' ', stored)}");
            Assert.Equal(result.FilesNew, Count(first, PlannedAction.New));
            Assert.Equal(result.FilesNew, estimate.Files);
            Assert.Equal(first.Count(entry => entry.Action == PlannedAction.LeftOut), result.Excluded);
            Assert.All(first, entry => Assert.Equal(entry.Action == PlannedAction.LeftOut, entry.Reason.Length > 0));
            Assert.Equal(
                (again.FilesNew, again.FilesChanged, again.FilesUnmodified),
                (Count(second, PlannedAction.New), Count(second, PlannedAction.Changed), Count(second, PlannedAction.Unmodified)));
        }
    }

    [Fact]
    public async Task The_root_of_a_snapshot_is_found_again_by_a_dry_run_of_the_root()
    {
        // All of the machine is too much for a test: what is above is left out.
        BackupOptions options = new()
        {
            Paths = [ByteName.FromText("/")],
            Selection = new SelectionOptions
            {
                Rules =
                [
                    PatternRule.Exclude(ByteName.FromText("/*"), "test"),
                    PatternRule.Include(ByteName.FromText($"/{_folder.Split('/')[1]}"), "test"),
                    PatternRule.Exclude(ByteName.FromText($"/{_folder.Split('/')[1]}/*"), "test"),
                    PatternRule.Include(ByteName.FromText(_folder), "test"),
                ],
            },
        };
        await File.WriteAllTextAsync(Path.Combine(_folder, "one"), "1", Token);
        await using MemoryBackend backend = new();
        await using Repository repository = await TestRepository.InitAsync(backend);
        BackupResult result = await BackupOperation.RunAsync(repository, options, new RecordingObserver(), Token);
        Assert.Equal(1, result.FilesNew);
        PlannedEntry entry = Assert.Single(await PlanAsync(repository, options), entry => entry.Type == FileType.Regular && entry.Reason == "");
        Assert.Equal(PlannedAction.Unmodified, entry.Action);
    }

    [Fact]
    public async Task A_command_that_fails_after_all_its_output_leaves_no_snapshot()
    {
        await using MemoryBackend backend = new();
        await using Repository repository = await TestRepository.InitAsync(backend);
        foreach (string script in (string[])["head -c 3000000 /dev/zero; exit 1", "exec 1>&-; exit 2", "kill -TERM $$"])
        {
            BackupOptions options = new() { Input = BackupInput.FromCommand(ByteName.FromText("x"), ["sh", "-c", script]) };
            _ = await Assert.ThrowsAsync<SourceException>(() => BackupOperation.RunAsync(repository, options, new RecordingObserver(), Token));
        }
        Assert.Empty((await new SnapshotStore(repository).LoadAsync(Token)).Snapshots);

        BackupOptions good = new() { Input = BackupInput.FromCommand(ByteName.FromText("x"), ["printf", "%s", "12345"]) };
        BackupResult result = await BackupOperation.RunAsync(repository, good, new RecordingObserver(), Token);
        Assert.Equal(5, result.ProcessedInBytes);
    }

    [Fact]
    public async Task An_input_that_breaks_off_leaves_no_snapshot()
    {
        await using MemoryBackend backend = new();
        await using Repository repository = await TestRepository.InitAsync(backend);
        BackupOptions options = new() { Input = BackupInput.FromStream(ByteName.FromText("x"), () => new BrokenStream()) };
        _ = await Assert.ThrowsAsync<SourceException>(() => BackupOperation.RunAsync(repository, options, new RecordingObserver(), Token));
        Assert.Empty((await new SnapshotStore(repository).LoadAsync(Token)).Snapshots);
    }

    private static void Fill(string folder, Random random, int depth)
    {
        if (random.Next(3) == 0)
        {
            File.WriteAllLines(Path.Combine(folder, ".eblaignore"), random.GetItems(Patterns, random.Next(1, 4)));
        }
        if (random.Next(6) == 0)
        {
            File.WriteAllText(Path.Combine(folder, "CACHEDIR.TAG"), random.Next(3) == 0 ? "no" : "Signature: 8a477f597d28d172789f06886806bc55");
        }
        foreach (string name in random.GetItems(Names, 5).Distinct())
        {
            string path = Path.Combine(folder, name);
            switch (random.Next(depth < 3 ? 4 : 2))
            {
                case 0:
                    File.WriteAllText(path, new string('x', random.Next(10)));
                    break;
                case 1:
                    _ = File.CreateSymbolicLink(path, "b");
                    break;
                default:
                    Fill(Directory.CreateDirectory(path).FullName, random, depth + 1);
                    break;
            }
        }
    }

    private static void Touch(string folder, Random random)
    {
        foreach (string file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (random.Next(4) == 0 && !Path.GetFileName(file).StartsWith('.') && File.ResolveLinkTarget(file, false) is null)
            {
                File.AppendAllText(file, "y");
            }
        }
        File.WriteAllText(Path.Combine(folder, "new.c"), "");
    }

    private static async Task<List<PlannedEntry>> PlanAsync(Repository repository, BackupOptions options)
        => await DryRunOperation.RunAsync(repository, options, new RecordingObserver(), Token).ToListAsync(Token);

    private static async Task<List<string>> ListAsync(Repository repository, ObjectId snapshot, string source)
        => [.. (await ListOperation.RunAsync(
            repository, SnapshotPath.Parse(snapshot.ToString()), new ListOptions { Recursive = true }, new Silent(), Token).ToListAsync(Token))
            .Select(entry => entry.Path.ToString()).Where(path => path.StartsWith(source, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Taken(List<PlannedEntry> entries) => entries
        .Where(entry => entry.Action != PlannedAction.LeftOut).Select(entry => entry.Path.ToString()).Order(StringComparer.Ordinal);

    private static int Count(List<PlannedEntry> entries, PlannedAction action)
        => entries.Count(entry => entry.Type == FileType.Regular && entry.Action == action);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private sealed class Silent : IListObserver
    {
        public void Problem(ListProblem problem) => Assert.Fail(problem.Message);
    }

    private sealed class BrokenStream : MemoryStream
    {
        private int _reads;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => _reads++ < 3 ? new ValueTask<int>(buffer.Length) : throw new IOException("gone");
    }
}
