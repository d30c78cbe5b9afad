using System.Collections.Concurrent;
using Ebla.Backends;
using Ebla.Backends.Local;
using Ebla.Backends.Memory;
using Ebla.Operations.Trials;
using Ebla.Primitives;
using Ebla.Tests.Backends;
using Xunit;

namespace Ebla.Tests.Operations.Trials;

/// <summary>The trials of a store find each broken promise, by name, accuse nobody else, and leave nothing behind.</summary>
public sealed class TrialTests : ITrialObserver
{
    private readonly ConcurrentDictionary<string, MemoryBackend> _memories = new();
    private readonly ConcurrentDictionary<string, Lies> _lies = new();
    private readonly List<string> _left = [];
    private readonly List<string> _started = [];

    // These take seconds and find no lie that the others do not find.
    private static readonly string[] Slow = ["large objects", "atomic put", "hidden put", "latency", "throughput"];

    private Action<string> _whenStarted = static _ => { };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_store_that_keeps_its_promises_is_fit(bool isQuick)
    {
        TrialResult result = await TryAsync(Lie.None, new TrialOptions { IsQuick = isQuick });
        Assert.True(result.IsFit);
        Assert.Empty(Broken(result));
        Assert.Equal(TrialList.All.Select(static trial => trial.Name), result.Findings.Select(static finding => finding.Name));
        Assert.True(result.Measures.DownloadManyBytesPerSecond > 0 && result.Measures.UploadOneBytesPerSecond > 0);
        Assert.True(result.Measures.LatencyMedian <= result.Measures.Latency99);
        Assert.Equal(TrialVerdict.CannotBeSeen, Verdict(result, "durability"));
        await ExpectNothingLeftAsync();
    }

    [Theory]
    [InlineData(nameof(Lie.HeaderIsOverwritten), "conditional create")]
    [InlineData(nameof(Lie.HeaderRaceHasSeveralWinners), "one creator")]
    [InlineData(nameof(Lie.PutsVanish), "put and get")]
    [InlineData(nameof(Lie.PutsAreTorn), "atomic put")]
    [InlineData(nameof(Lie.OtherSizesAreKept), "replace")]
    [InlineData(nameof(Lie.EmptyObjectsVanish), "empty objects")]
    [InlineData(nameof(Lie.LargeObjectsAreCut), "large objects")]
    [InlineData(nameof(Lie.BytesAreSwappedInACrowd), "many at once")]
    [InlineData(nameof(Lie.RangesAreOffByOne), "ranges")]
    [InlineData(nameof(Lie.RangesEndSilently), "ranges")]
    [InlineData(nameof(Lie.MissingObjectsAreEmpty), "missing objects")]
    [InlineData(nameof(Lie.ListsForgetTheNewest), "list after put")]
    [InlineData(nameof(Lie.ListsEndAtAHundred), "many small objects")]
    [InlineData(nameof(Lie.ListsRepeat), "list after put")]
    [InlineData(nameof(Lie.DeletionsDoNothing), "delete")]
    [InlineData(nameof(Lie.EqualPutsFail), "same object at once")]
    public async Task A_broken_promise_is_found_by_name(string lie, string trial)
    {
        TrialResult result = await TryAsync(Enum.Parse<Lie>(lie), Quick(trial));
        Assert.False(result.IsFit);
        Assert.Contains(trial, Broken(result));
    }

    [Fact]
    public async Task A_weakness_that_a_store_admits_is_not_held_against_it()
    {
        TrialResult race = await TryAsync(Lie.HeaderRaceIsAdmitted);
        Assert.True(race.IsFit, string.Join(", ", Broken(race)));
        Assert.Equal(TrialVerdict.NotOffered, Verdict(race, "one creator"));
        TrialResult ranges = await TryAsync(Lie.RangesCostTheWholeObject);
        Assert.True(ranges.IsFit);
        Assert.Equal(TrialVerdict.NotOffered, Verdict(ranges, "ranges"));
        foreach ((Lie lie, bool isAdmitted) in ((Lie, bool)[])[(Lie.NoDurabilityIsAdmitted, true), (Lie.None, false)])
        {
            TrialResult durability = await TryAsync(lie);
            Assert.True(durability.IsFit);
            Assert.Equal(isAdmitted, Found(durability, "durability").Contains("promises nothing", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task An_object_that_shows_before_it_is_whole_is_told_and_does_no_lasting_harm()
    {
        TrialResult result = await TryAsync(Lie.PutsShowEarly, Quick("hidden put"));
        Assert.True(result.IsFit);
        Assert.Equal(["hidden put"], Broken(result));
    }

    [Fact]
    public async Task An_append_only_store_is_told_apart_and_what_stays_there_is_said()
    {
        TrialResult result = await TryAsync(Lie.DeletionsAreRefused);
        Assert.True(result.IsFit);
        Assert.Equal(TrialVerdict.NotOffered, Verdict(result, "delete"));
        Assert.Contains(result.Left, static left => left.Contains("could not be deleted: append-only", StringComparison.Ordinal));
        Assert.Equal(result.Left, _left);
    }

    [Fact]
    public async Task Without_its_basis_nothing_more_is_tried()
    {
        TrialResult result = await TryAsync(Lie.PutsVanish);
        Assert.Equal(["put and get"], Broken(result));
        Assert.Equal(TrialVerdict.CannotBeSeen, Verdict(result, "many at once"));
        Assert.Contains("'put and get' does not hold", result.Findings[^1].Found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Slow_puts_that_are_cut_off_are_seen()
    {
        TrialResult result = await TryAsync(Lie.PutsAreSlow, Quick("atomic put"));
        Assert.True(result.IsFit);
        Assert.Equal(TrialVerdict.Holds, Verdict(result, "atomic put"));
    }

    [Fact]
    public async Task A_line_that_breaks_once_is_not_held_against_the_store()
    {
        TrialResult result = await TryAsync(Lie.FirstCallsFail);
        Assert.Equal(TrialVerdict.Holds, Verdict(result, "put again"));
    }

    [Fact]
    public async Task A_server_that_wants_racing_puts_tried_again_is_fit_and_the_finding_says_so()
    {
        TrialResult result = await TryAsync(Lie.EqualPutsCollide);
        Assert.Empty(Broken(result));
        Assert.Contains("had to be tried again", Found(result, "same object at once"), StringComparison.Ordinal);
        result = await TryAsync(Lie.None);
        Assert.DoesNotContain("again", Found(result, "same object at once"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_not_let_in_is_told_so()
    {
        AccessDeniedException exception = await Assert.ThrowsAsync<AccessDeniedException>(() => TryAsync(Lie.NobodyIsLetIn));
        Assert.Equal("wrong password", exception.Message);
    }

    [Theory]
    [InlineData("many small objects")]
    [InlineData("atomic put")]
    [InlineData("throughput")]
    public async Task Cancelled_at_any_moment_it_leaves_nothing_behind(string trial)
    {
        using CancellationTokenSource source = new();
        _whenStarted = name =>
        {
            if (name == trial)
            {
                source.CancelAfter(TimeSpan.FromMilliseconds(3));
            }
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TryAsync(Lie.None, new TrialOptions { IsQuick = true }, source.Token));
        Assert.Contains(trial, _started);
        await ExpectNothingLeftAsync();
    }

    [Fact]
    public async Task A_folder_is_fit_and_as_it_was_before()
    {
        using TestFolder folder = new();
        string beside = Path.Join(folder.FullPath, "precious");
        await File.WriteAllTextAsync(beside, "data");
        TrialResult result = await TrialOperation.RunAsync(
            name => LocalBackend.Open(Path.Join(folder.FullPath, "scratch-" + name)),
            new TrialOptions { IsQuick = true },
            this,
            CancellationToken.None);
        Assert.True(result.IsFit, string.Join(", ", Broken(result)));
        Assert.Empty(result.Left);
        Assert.Equal(TrialVerdict.Holds, Verdict(result, "free space"));
        Assert.Equal([beside], Directory.GetFileSystemEntries(folder.FullPath));
    }

    void ITrialObserver.Started(string name)
    {
        _started.Add(name);
        _whenStarted(name);
    }

    void ITrialObserver.Found(TrialFinding finding)
    {
    }

    void ITrialObserver.Left(string what) => _left.Add(what);

    private static string[] Broken(TrialResult result)
        => [.. result.Findings.Where(static finding => finding.Verdict == TrialVerdict.DoesNotHold).Select(static finding => finding.Name)];

    private static TrialVerdict Verdict(TrialResult result, string name)
        => result.Findings.Single(finding => finding.Name == name).Verdict;

    private static string Found(TrialResult result, string name) => result.Findings.Single(finding => finding.Name == name).Found;

    private static TrialOptions Quick(string? needed = null) => new()
    {
        IsQuick = true,
        Trials = [.. TrialList.All.Where(trial => trial.Name == needed || !Slow.Contains(trial.Name))],
    };

    private Task<TrialResult> TryAsync(Lie lie, TrialOptions? options = null, CancellationToken cancellationToken = default)
    {
        _memories.Clear();
        _lies.Clear();
        return TrialOperation.RunAsync(
            name => new LyingBackend(
                _memories.GetOrAdd(name, static _ => new MemoryBackend()), lie, _lies.GetOrAdd(name, static _ => new Lies())),
            options ?? Quick(),
            this,
            cancellationToken);
    }

    private async Task ExpectNothingLeftAsync()
    {
        Assert.Empty(_left);
        foreach (MemoryBackend memory in _memories.Values)
        {
            Assert.Null(await memory.ReadHeaderAsync());
            foreach (ObjectKind kind in RepositoryLayout.Kinds)
            {
                Assert.Empty(await TestObject.ListAsync(memory, kind));
            }
        }
    }
}
