using System.Diagnostics;
using Ebla.Backends;
using Ebla.Backends.Locations;
using Ebla.Primitives;
using Ebla.Tests.Backends.S3;
using Ebla.Tests.Backends.Servers;
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
    public async Task A_remote_that_rclone_does_not_know_is_told_to_all_who_ask_at_once()
    {
        await using IBackend backend = Open("rclone:no-such-remote:x");
        foreach (EblaException exception in await FailAsync(backend))
        {
            BackendException failure = Assert.IsType<BackendException>(exception);
            Assert.False(failure.IsTransient, failure.Message);
            Assert.StartsWith("rclone:no-such-remote:x: rclone has no remote of this name", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("HTTP", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', failure.Message);
        }
    }

    [Theory]
    [InlineData("rclone-dav")]
    [InlineData("radosgw")]
    public async Task A_remote_that_does_not_let_rclone_in_denies_access_in_one_line(string server)
    {
        TestServer store = TestServer.Get(server);
        string address = server == "radosgw"
            ? S3Fixture.Address(store)["s3:".Length..]
            : store.Location.Replace("dav://backup@", "http://", StringComparison.Ordinal);
        string remote = server == "radosgw"
            ? $":s3,provider=Ceph,access_key_id=ebla-test-key,secret_access_key=wrong,endpoint='{address}':bucket/x"
            : $":webdav,vendor=other,user=backup,pass={Obscure("wrong")},url='{address}':x";
        await using IBackend backend = Open($"rclone:{remote}", ("rclone.program", PlainRclone()));
        foreach (EblaException exception in await FailAsync(backend))
        {
            Assert.True(exception is AccessDeniedException, exception.Message);
            Assert.Contains("rclone ", exception.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("HTTP/2", exception.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', exception.Message);
        }
    }

    [Fact]
    public async Task A_remote_that_cannot_be_reached_is_no_lasting_failure_and_no_contact()
    {
        await using IBackend backend = Open("rclone::webdav,vendor=other,url='http://nowhere.invalid/':x");
        foreach (EblaException exception in await FailAsync(backend))
        {
            BackendException failure = Assert.IsType<BackendException>(exception);
            Assert.True(failure.IsTransient, failure.Message);
            Assert.Equal(BackendFailureKind.NoContact, failure.Kind);
            Assert.Contains("no such host", failure.Message, StringComparison.Ordinal);
        }
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

    // As opening a repository does: the header and the keys at once.
    private static Task<EblaException[]> FailAsync(IBackend backend)
        => Task.WhenAll(
            Assert.ThrowsAnyAsync<EblaException>(async () => await backend.ReadHeaderAsync()),
            Assert.ThrowsAnyAsync<EblaException>(async () => await TestObject.ListAsync(backend, ObjectKind.Key)));

    // A bundle of certificates named in the environment breaks the S3 remotes of rclone 1.60.
    private string PlainRclone()
    {
        string path = Path.Join(_folder, "plain-rclone");
        File.WriteAllText(path, "#!/bin/sh\nunset AWS_CA_BUNDLE\nexec rclone \"$@\"\n");
        Run("chmod", "+x", path);
        return path;
    }

    private static string Obscure(string password)
    {
        using Process process = Process.Start(
            new ProcessStartInfo("rclone", ["obscure", password]) { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadToEnd().Trim();
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
