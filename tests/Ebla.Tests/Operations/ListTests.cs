using Ebla.Operations;
using Ebla.Operations.Listing;
using Ebla.Primitives;
using Ebla.Repositories;
using Xunit;

namespace Ebla.Tests.Operations;

public sealed class ListTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_recursive_listing_is_what_the_folder_holds_in_the_order_of_bytes()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        (List<ListedEntry> entries, int problems) = await ListAsync(
            new TamperedBackend(filled.Backend), $"latest:{filled.Folder}", true);
        string[] expected = [.. Directory.EnumerateFileSystemEntries(filled.Folder, "*", SearchOption.AllDirectories)];
        Array.Sort(expected, string.CompareOrdinal);
        Assert.Equal(expected, entries.Select(entry => entry.Path.ToString()));
        Assert.All(
            entries, entry => Assert.Equal(entry.Node.Type == FileType.Directory, Directory.Exists(entry.Path.ToString())));
        Assert.Equal(700_000, entries.Single(entry => entry.Node.Name == ByteName.FromText("big")).Node.SizeInBytes);
        Assert.Equal(0, problems);
    }

    [Fact]
    public async Task A_plain_listing_shows_one_level_and_a_file_itself()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        TamperedBackend store = new(filled.Backend);
        string id = filled.First.ToString()[..10];
        Assert.Equal(
            ["big", "d0", "d1", "d2"],
            (await ListAsync(store, $"{id}:{filled.Folder}", false)).Entries.Select(entry => entry.Node.Name.ToString()));
        ListedEntry file = Assert.Single((await ListAsync(store, $"{id}:{filled.Folder}/big", false)).Entries);
        Assert.Equal($"{filled.Folder}/big", file.Path.ToString());
        Assert.Equal("tmp", Assert.Single((await ListAsync(store, id, false)).Entries).Node.Name.ToString());
        _ = await Assert.ThrowsAsync<SnapshotNotFoundException>(() => ListAsync(store, $"{id}:/none", false));
        _ = await Assert.ThrowsAsync<SnapshotNotFoundException>(() => ListAsync(store, "latest:nobody", false));
    }

    [Fact]
    public async Task Lost_directories_are_problems_and_the_rest_is_listed()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        TamperedBackend store = new(filled.Backend);
        int seen = 0;
        foreach (ObjectName pack in await filled.ListAsync(ObjectKind.Pack))
        {
            store.Objects[pack] = null;
            (List<ListedEntry> entries, int problems) = await ListAsync(store, "latest", true);
            _ = store.Objects.Remove(pack);
            Assert.Equal(problems == 0, entries.Count(entry => entry.Node.Type == FileType.Regular) == 13);
            seen += problems;
        }
        Assert.True(seen > 0);
    }

    private static async Task<(List<ListedEntry> Entries, int Problems)> ListAsync(
        TamperedBackend store, string place, bool recursive)
    {
        await using Repository repository = await TestRepository.OpenAsync(store);
        ListObserver observer = new();
        List<ListedEntry> entries = [];
        await foreach (ListedEntry entry in ListOperation.RunAsync(
            repository, SnapshotPath.Parse(place), new ListOptions { Recursive = recursive }, observer, Token))
        {
            entries.Add(entry);
        }
        return (entries, observer.Count);
    }

    private sealed class ListObserver : IListObserver
    {
        public int Count { get; private set; }

        public void Problem(ListProblem problem) => Count++;
    }
}
