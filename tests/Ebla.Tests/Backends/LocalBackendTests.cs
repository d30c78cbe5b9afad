using System.Diagnostics;
using System.Runtime.Versioning;
using Ebla.Backends;
using Ebla.Backends.Local;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Backends;

/// <summary>What a folder has and the contract does not speak of.</summary>
[SupportedOSPlatform("linux")]
public sealed class LocalBackendTests : IDisposable
{
    private static readonly TestObject Pack = TestObject.Create(1, 1000);

    private readonly TestFolder _folder = new();

    private string Root => _folder.Repository;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Opening_and_reading_create_nothing()
    {
        await using (LocalBackend backend = _folder.Open())
        {
            Assert.Null(await backend.ReadHeaderAsync());
            Assert.Empty(await TestObject.ListAsync(backend, ObjectKind.Pack));
            Assert.Null(await backend.GetSizeAsync(Pack.Name));
            await backend.FlushAsync();
        }
        Assert.False(Directory.Exists(Root));
    }

    [Fact]
    public async Task The_layout_is_as_documented_and_for_the_owner_alone()
    {
        await using LocalBackend backend = LocalBackend.Open(Path.Combine(Root, "deep", "er/"));
        string root = Path.Combine(Root, "deep", "er");
        Assert.Equal(root, backend.Location);
        await backend.CreateHeaderAsync("h"u8.ToArray());
        await Pack.PutAsync(backend);
        await backend.FlushAsync();
        string id = Pack.Name.Id.ToString();
        string pack = $"{root}/packs/{id[..2]}/{id}";
        Assert.Equal(Pack.Content, await File.ReadAllBytesAsync(pack));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(pack));
        Assert.Equal(
            ["condemned", "index", "keys", "notes", "packs", "sessions", "settings", "snapshots", "tmp"],
            Directory.GetDirectories(root).Select(Path.GetFileName).Order());
        Assert.Equal(["ebla"], Directory.GetFiles(root).Select(Path.GetFileName));
        foreach (string folder in (string[])[root, Path.Combine(Root, "deep"), $"{root}/packs", $"{root}/packs/{id[..2]}", $"{root}/tmp"])
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        }
    }

    [Fact]
    public async Task Foreign_files_are_passed_over()
    {
        await using LocalBackend backend = await CreateAsync();
        await Pack.PutAsync(backend);
        await backend.FlushAsync();
        string id = Pack.Name.Id.ToString();
        string folder = $"{Root}/packs/{id[..2]}";
        string[] foreign =
        [
            $"{folder}/readme", $"{folder}/{id.ToUpperInvariant()}", $"{folder}/{id}.part", $"{folder}/{id[..63]}",
            $"{Root}/packs/readme", $"{Root}/packs/{id}", $"{Root}/index/.hidden", $"{Root}/other",
        ];
        foreach (string path in foreign)
        {
            await File.WriteAllTextAsync(path, "x");
        }

        // In the folder of other packs, it would not be found by its name.
        string other = $"{Root}/packs/{(id[..2] == "00" ? "01" : "00")}";
        Directory.CreateDirectory(other);
        File.Copy($"{folder}/{id}", $"{other}/{id}");
        Directory.CreateDirectory($"{Root}/packs/zz");
        Directory.CreateDirectory($"{Root}/index/{id}");
        using (Process fifo = Process.Start("mkfifo", $"{Root}/notes/{id}"))
        {
            await fifo.WaitForExitAsync();
            Assert.Equal(0, fifo.ExitCode);
        }

        Assert.Equal([new ObjectInfo(Pack.Name, 1000)], await TestObject.ListAsync(backend, ObjectKind.Pack));
        Assert.Empty(await TestObject.ListAsync(backend, ObjectKind.Index));
        Assert.Empty(await TestObject.ListAsync(backend, ObjectKind.Note));
        foreach (ObjectKind kind in (ObjectKind[])[ObjectKind.Index, ObjectKind.Note])
        {
            ObjectName name = new(kind, Pack.Name.Id);
            Assert.Null(await backend.GetSizeAsync(name));
            Assert.False(await backend.GetAsync(name, 0, new byte[1], null));
        }
        Assert.All(foreign, path => Assert.True(File.Exists(path)));
    }

    [Fact]
    public async Task A_file_where_a_folder_should_be_is_a_clear_error()
    {
        await File.WriteAllTextAsync(Root, "I am a file.");
        await using (LocalBackend backend = _folder.Open())
        {
            Assert.Null(await backend.ReadHeaderAsync());
            await AssertFailsAsync("not a folder", async () => await backend.CreateHeaderAsync("h"u8.ToArray()));
            await AssertFailsAsync("not a folder", async () => await TestObject.ListAsync(backend, ObjectKind.Pack));
            await AssertFailsAsync("not a folder", async () => await backend.GetSizeAsync(Pack.Name));
        }
        File.Delete(Root);
        await using (LocalBackend backend = await CreateAsync())
        {
            Directory.Delete($"{Root}/index");
            await File.WriteAllTextAsync($"{Root}/index", "I am a file.");
            await AssertFailsAsync($"{Root}/index", async () => await TestObject.ListAsync(backend, ObjectKind.Index));
        }
        await using (LocalBackend backend = _folder.Open())
        {
            await AssertFailsAsync(
                "not a folder", async () => await TestObject.Create(2, 10, ObjectKind.Index).PutAsync(backend));
        }
    }

    [Fact]
    public async Task A_repository_that_vanishes_is_an_error_and_not_an_empty_one()
    {
        await using LocalBackend backend = await CreateAsync();
        await Pack.PutAsync(backend);
        await backend.FlushAsync();

        // As an unmounted disk does: the folder stays, empty.
        Directory.Move(Root, Root + "-away");
        Directory.CreateDirectory(Root);
        await AssertFailsAsync("is gone", async () => await TestObject.ListAsync(backend, ObjectKind.Pack));
        await AssertFailsAsync("is gone", async () => await TestObject.ListAsync(backend, ObjectKind.Snapshot));
        await AssertFailsAsync("is gone", async () => await backend.GetSizeAsync(Pack.Name));
        await AssertFailsAsync("is gone", async () => await backend.GetAsync(Pack.Name, 0, new byte[1], null));
        await AssertFailsAsync("is gone", async () => await TestObject.Create(7, 7).PutAsync(backend));
        await AssertFailsAsync("is gone", async () => await backend.DeleteAsync(Pack.Name));
        Assert.Empty(Directory.GetFileSystemEntries(Root));
    }

    [Fact]
    public async Task A_flush_into_a_vanished_folder_fails()
    {
        await using LocalBackend backend = await CreateAsync();
        await Pack.PutAsync(backend);
        Directory.Move(Root, Root + "-away");
        await AssertFailsAsync(Root, async () => await backend.FlushAsync());
        await AssertFailsAsync("after an earlier failure", async () => await backend.FlushAsync());
    }

    [Fact]
    public async Task More_objects_than_open_files_are_allowed_flush_by_themselves()
    {
        await using LocalBackend backend = await CreateAsync();
        for (int seed = 0; seed < 300; seed++)
        {
            await TestObject.Create(seed, 1, ObjectKind.Note).PutAsync(backend);
        }
        Assert.InRange((await TestObject.ListAsync(backend, ObjectKind.Note)).Count, 256, 299);
        await backend.FlushAsync();
        Assert.Equal(300, (await TestObject.ListAsync(backend, ObjectKind.Note)).Count);
    }

    [Fact]
    public async Task Putting_what_is_in_place_writes_nothing()
    {
        await using LocalBackend backend = await CreateAsync();
        await Pack.PutAsync(backend);
        await backend.FlushAsync();
        await using LocalBackend other = _folder.Open();
        await Pack.PutAsync(other);
        Assert.Single(Directory.GetDirectories($"{Root}/tmp"));
        await other.FlushAsync();
    }

    [Fact]
    public async Task Temporary_files_of_the_dead_are_removed_and_those_of_the_living_are_not()
    {
        await using LocalBackend living = await CreateAsync();
        await Pack.PutAsync(living);
        string dead = Directory.CreateDirectory($"{Root}/tmp/0123456789abcdef0123456789abcdef").FullName;
        string foreign = Directory.CreateDirectory($"{Root}/tmp/keep").FullName;
        await File.WriteAllTextAsync($"{dead}/1-x", "half");
        await File.WriteAllTextAsync($"{dead}/lock", "");
        Directory.CreateDirectory($"{Root}/tmp/fedcba9876543210fedcba9876543210");
        await using (LocalBackend other = _folder.Open())
        {
            await TestObject.Create(2, 10).PutAsync(other);
            Assert.False(Directory.Exists(dead));
            Assert.True(Directory.Exists(foreign));
            Assert.Equal(3, Directory.GetDirectories($"{Root}/tmp").Length);
        }
        Assert.Equal(2, Directory.GetDirectories($"{Root}/tmp").Length);
        await living.FlushAsync();
        Assert.Equal(Pack.Content, await TestObject.GetAsync(living, Pack.Name));
    }

    [Fact]
    public async Task Processes_that_start_together_do_not_take_each_other_for_dead()
    {
        await using LocalBackend first = await CreateAsync();
        for (int round = 0; round < 10; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Task.Run(async () =>
            {
                await using LocalBackend backend = _folder.Open();
                TestObject item = TestObject.Create((round * 8) + number, 50, ObjectKind.Session);
                await item.PutAsync(backend);
                await backend.FlushAsync();
                Assert.Equal(item.Content, await TestObject.GetAsync(backend, item.Name));
            })));
        }
        Assert.Equal(80, (await TestObject.ListAsync(first, ObjectKind.Session)).Count);
        await first.DisposeAsync();
        Assert.Empty(Directory.GetDirectories($"{Root}/tmp"));
    }

    [Fact]
    public async Task A_header_that_is_too_large_is_corrupt()
    {
        await using LocalBackend backend = await CreateAsync();
        await File.WriteAllBytesAsync($"{Root}/ebla", new byte[RepositoryLayout.HeaderSizeInBytesMax + 1]);
        await Assert.ThrowsAsync<CorruptDataException>(async () => await backend.ReadHeaderAsync());
    }

    [Theory]
    [InlineData("relative/path")]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/a\0b")]
    public void A_path_that_is_not_full_is_a_bug_of_the_caller(string path)
        => Assert.Throws<ArgumentException>(() => LocalBackend.Open(path));

    [Fact]
    public async Task Free_space_is_known()
    {
        await using LocalBackend backend = await CreateAsync();
        Assert.True(await backend.GetFreeSpaceInBytesAsync() > 0);
    }

    private static async Task AssertFailsAsync(string words, Func<Task> act)
    {
        BackendException exception = await Assert.ThrowsAsync<BackendException>(act);
        Assert.Contains(words, exception.Message, StringComparison.Ordinal);
        Assert.False(exception.IsTransient);
    }

    private async Task<LocalBackend> CreateAsync()
    {
        LocalBackend backend = _folder.Open();
        await backend.CreateHeaderAsync("h"u8.ToArray());
        return backend;
    }
}
