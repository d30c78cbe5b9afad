using System.Diagnostics;
using Ebla.Backends;
using Ebla.Backends.Locations;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Backends.Rclone;

public sealed class RcloneFailureTests : IDisposable
{
    private static readonly TestObject Item = TestObject.Create(1, 100_000);

    private readonly string _folder = Directory.CreateTempSubdirectory("ebla-rclone-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_missing_program_is_named_with_the_remedy()
    {
        await using IBackend backend = Open("rclone:x:", ("rclone.program", "no-such-rclone"));
        BackendException exception = await Assert.ThrowsAsync<BackendException>(async () => await backend.ReadHeaderAsync());
        Assert.False(exception.IsTransient);
        Assert.Contains("no-such-rclone", exception.Message, StringComparison.Ordinal);
        Assert.Contains("rclone.program", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_remote_that_rclone_does_not_know_is_told_in_its_words()
    {
        await using IBackend backend = Open("rclone:no-such-remote:x");
        BackendException exception = await Assert.ThrowsAsync<BackendException>(async () => await backend.ReadHeaderAsync());
        Assert.False(exception.IsTransient, exception.Message);
        Assert.Contains("no-such-remote", exception.Message.Split("rclone says")[^1], StringComparison.Ordinal);
        Assert.Contains("rclone says", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public async Task A_child_that_is_killed_is_a_transient_failure_and_the_next_call_starts_another()
    {
        IBackend backend = Open($"rclone:{_folder}/a");
        await backend.CreateHeaderAsync(new byte[10]);
        int first = Assert.Single(Children());
        Assert.NotEqual(GroupOf(Environment.ProcessId), GroupOf(first));
        Task[] puts = [.. Enumerable.Range(0, 8).Select(seed => TestObject.Create(seed, 8 << 20).PutAsync(backend).AsTask())];
        Process.GetProcessById(first).Kill();
        await Task.WhenAll(puts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        foreach (Task put in puts.Where(static put => put.IsFaulted))
        {
            BackendException exception = Assert.IsType<BackendException>(put.Exception!.InnerException);
            Assert.True(exception.IsTransient, exception.Message);
        }
        await Item.PutAsync(backend);
        Assert.Equal(Item.Content, await TestObject.GetAsync(backend, Item.Name));
        Assert.NotEqual(first, Assert.Single(Children()));
        await backend.DisposeAsync();
        Assert.Empty(Children());
    }

    [Fact]
    public async Task A_full_remote_is_no_transient_failure()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Making a small file system needs root.");
        Run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", _folder);
        try
        {
            await using IBackend backend = Open($"rclone:{_folder}/a");
            await TestObject.Create(1, 5 << 20).PutAsync(backend);
            BackendException exception = await Assert.ThrowsAsync<BackendException>(
                async () => await TestObject.Create(2, 5 << 20).PutAsync(backend));
            Assert.False(exception.IsTransient, exception.Message);
            Assert.Contains("disk space", exception.Message, StringComparison.Ordinal);
        }
        finally
        {
            Run("umount", "-l", _folder);
        }
    }

    [Fact]
    public async Task Arguments_reach_rclone()
    {
        await using IBackend backend = Open($"rclone:{_folder}/a", ("rclone.args", "--append-only"));
        await Item.PutAsync(backend);
        await Assert.ThrowsAsync<BackendException>(async () => await backend.DeleteAsync(Item.Name));
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    // The third field after the name in brackets: the process group.
    private static string GroupOf(int process) => File.ReadAllText($"/proc/{process}/stat").Split(')')[^1].Split(' ')[3];

    private static IBackend Open(string location, params (string Name, string Value)[] options)
        => BackendLocation.Parse(location).Open(
            new BackendSettings { Options = options.ToDictionary(static option => option.Name, static option => option.Value) });

    // Those whose command line names the folder of this test.
    private List<int> Children()
    {
        List<int> found = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            try
            {
                if (int.TryParse(Path.GetFileName(folder), out int process)
                    && File.ReadAllText(Path.Join(folder, "cmdline")).Contains(_folder, StringComparison.Ordinal))
                {
                    found.Add(process);
                }
            }
            catch (IOException)
            {
                // It ended meanwhile.
            }
        }
        return found;
    }
}
