using System.Diagnostics;
using System.Text.RegularExpressions;
using Ebla.Backends;
using Ebla.Backends.Local;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Backends;

/// <summary>Errors and ends that only a real kernel gives: failing calls (by strace), kill -9, a full disk, a read-only one.</summary>
public sealed partial class LocalBackendFaultTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Goal: every error of the disk reaches the caller, and nothing is promised that is not there.
    // Method: the n-th call fails, for n = 1, 2, 3 ... until a run passes without a fault; each time all is checked from outside.
    [Theory]
    [InlineData("fsync", "EIO", "input/output error")]
    [InlineData("rename", "EIO", "input/output error")]
    [InlineData("link", "EIO", "input/output error")]
    [InlineData("pwrite64", "ENOSPC", "no space left in")]
    [InlineData("fsync", "ENOSPC", "no space left in")]
    public async Task A_call_that_fails_at_any_place_is_reported_and_nothing_is_promised_falsely(
        string call, string error, string words)
    {
        string log = Path.Combine(_folder.FullPath, "log");
        int faultCount = 0;
        for (int number = 1; ; number++)
        {
            string path = $"{_folder.Repository}{number}";
            (int exitCode, string[] lines) = await ChildProcess.RunAsync(
                ["strace", "-f", "-y", "-qq", "--seccomp-bpf", "-o", log, "-e", $"trace={call}",
                    "-e", $"inject={call}:error={error}:when={number}"],
                "batches", path);
            string[] injected = [.. File.ReadLines(log).Where(line => line.Contains("(INJECTED)", StringComparison.Ordinal))];
            if (injected.Length == 0)
            {
                Assert.Equal(0, exitCode);
                Assert.Equal("done", lines[^1]);
                break;
            }
            faultCount++;
            string injection = Assert.Single(injected);
            Assert.True(exitCode == 1, $"{injection} was not reported: {string.Join('\n', lines)}");
            Assert.StartsWith("failed ", lines[^2], StringComparison.Ordinal);
            Assert.Contains(words, lines[^2], StringComparison.Ordinal);
            Assert.Contains(_folder.FullPath, lines[^2], StringComparison.Ordinal);

            // A failed put harms only itself; a failed flush ends the writing.
            Assert.StartsWith(call == "pwrite64" ? "flush accepted" : "flush refused ", lines[^1], StringComparison.Ordinal);
            bool hitFile = call == "fsync" && injection.Contains($"{path}/tmp/", StringComparison.Ordinal);
            await AssertPromisesAsync(path, lines, isBatchVoid: hitFile);
            Assert.Empty(Directory.GetDirectories($"{path}/tmp"));

            // What failed once is done by the next process.
            StringWriter output = new();
            Assert.Equal(0, await BackendProcess.BatchesAsync(path, output));
            await AssertPromisesAsync(path, output.ToString().Split('\n'), isBatchVoid: false);
            Directory.Delete(path, recursive: true);
        }
        Assert.True(faultCount >= 1, $"{call} was never called");
        Assert.True(call != "fsync" || faultCount >= 12, $"only {faultCount} calls of fsync");
    }

    // Goal: the order that makes a name stand for durable bytes: write, sync the file, rename, sync the folder, promise.
    [Fact]
    public async Task No_name_is_given_before_its_bytes_are_synced_and_no_promise_before_its_folder_is()
    {
        string log = Path.Combine(_folder.FullPath, "log");
        string path = _folder.Repository;
        (int exitCode, string[] lines) = await ChildProcess.RunAsync(
            ["strace", "-f", "-y", "-qq", "-s", "200", "-o", log, "-e", "trace=fsync,rename,link,pwrite64,write"], "batches", path);
        Assert.Equal(0, exitCode);
        Assert.Equal("done", lines[^1]);
        List<(string Call, string Arguments, int Begin, int End)> calls = ParseTrace(File.ReadAllLines(log));
        int checkedCount = 0;
        foreach ((string call, string arguments, int begin, int end) in calls.Where(c => c.Call is "rename" or "link"))
        {
            string[] names = [.. QuotedRegex().Matches(arguments).Select(match => match.Groups[1].Value)];
            Assert.StartsWith($"{path}/tmp/", names[0], StringComparison.Ordinal);
            (string _, string _, int syncBegin, int syncEnd) = Assert.Single(
                calls, c => c.Call == "fsync" && c.Arguments.Contains($"<{names[0]}>", StringComparison.Ordinal));
            Assert.True(syncEnd < begin, $"{names[1]} was named before its bytes were synced");
            Assert.All(
                calls.Where(c => c.Call == "pwrite64" && c.Arguments.Contains($"<{names[0]}>", StringComparison.Ordinal)),
                write => Assert.True(write.End < syncBegin, $"{names[0]} was written after its sync"));

            string promise = Path.GetFileName(names[1]) == RepositoryLayout.HeaderName
                ? "promised header"
                : $"promised {ObjectName.FolderOf(BackendProcess.BatchObjects.Single(
                    o => o.Name.Id.ToString() == Path.GetFileName(names[1])).Name.Kind)}/{Path.GetFileName(names[1])}";
            int promised = Assert.Single(
                calls, c => c.Call == "write" && c.Arguments.Contains(promise, StringComparison.Ordinal)).Begin;
            Assert.Contains(calls, c => c.Call == "fsync" && c.Begin > end && c.End < promised
                && c.Arguments.Contains($"<{Path.GetDirectoryName(names[1])}>", StringComparison.Ordinal));

            // A new folder of packs is itself durable.
            if (names[1].Contains("/packs/", StringComparison.Ordinal))
            {
                Assert.Contains(calls, c => c.Call == "fsync" && c.End < promised
                    && c.Arguments.Contains($"<{path}/packs>", StringComparison.Ordinal));
            }
            checkedCount++;
        }
        Assert.Equal(1 + BackendProcess.BatchObjects.Count, checkedCount);

        // The new folder of the repository is durable in its parent before there is a header.
        Assert.Contains(calls, c => c.Call == "fsync" && c.Arguments.Contains($"<{_folder.FullPath}>", StringComparison.Ordinal)
            && c.End < calls.Single(l => l.Call == "link").Begin);
    }

    [Fact]
    public async Task A_process_killed_at_any_moment_has_kept_its_promises()
    {
        Random random = new(20081206);
        int promiseCount = 0;
        for (int seed = 0; seed < 20; seed++)
        {
            using Process process = ChildProcess.Start([], "loop", _folder.Repository, $"{seed}");
            List<string> lines = [];
            int lineCountMin = random.Next(1, 80);
            TaskCompletionSource isUnderWay = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Task reading = Task.Run(async () =>
            {
                while (await process.StandardOutput.ReadLineAsync() is { } line)
                {
                    lines.Add(line);
                    if (lines.Count == lineCountMin)
                    {
                        isUnderWay.TrySetResult();
                    }
                }
            });

            // The first ones die at any moment of their start, the others at work.
            if (seed >= 3)
            {
                await isUnderWay.Task;
            }
            await Task.Delay(random.Next(20));
            process.Kill();
            await process.WaitForExitAsync();
            await reading;

            await using LocalBackend backend = LocalBackend.Open(_folder.Repository);
            Assert.True(lines.Count == 0 || await backend.ReadHeaderAsync() is not null, $"seed {seed}: the header is lost");
            foreach (string line in lines.Skip(1))
            {
                TestObject item = BackendProcess.LoopObject(seed, int.Parse(line["promised ".Length..]));
                Assert.True(
                    item.Matches(await TestObject.GetAsync(backend, item.Name)),
                    $"seed {seed}: {line} and lost");
                promiseCount++;
            }
        }
        Assert.True(promiseCount > 100, $"only {promiseCount} promises: the processes were killed too early");

        // The rubbish of the dead goes when somebody writes.
        await using LocalBackend writer = LocalBackend.Open(_folder.Repository);
        await TestObject.Create(1, 1).PutAsync(writer);
        Assert.Single(Directory.GetDirectories(_folder.Repository + "/tmp"));
    }

    [Fact]
    public async Task A_full_disk_is_a_clear_error_and_leaves_nothing_half_done()
    {
        (int exitCode, string[] lines) = await ChildProcess.RunAsync(OnOwnMount("size=8m", ""), "fill", _folder.Repository);
        Assert.Equal(0, exitCode);
        Assert.Contains("no space left in", lines[0], StringComparison.Ordinal);
        Assert.True(long.Parse(lines[1]["free ".Length..]) < 2 << 20, lines[1]);
        Assert.Equal("temp 0", lines[2]);
        int promised = int.Parse(lines[3].Split(' ')[1]);
        Assert.InRange(promised, 4, 8);
        Assert.EndsWith("whole True", lines[3], StringComparison.Ordinal);
        Assert.Equal($"listed {promised}", lines[4]);
    }

    [Fact]
    public async Task A_read_only_disk_can_be_read_and_says_clearly_that_it_cannot_be_written()
    {
        string self = Path.Combine(AppContext.BaseDirectory, "Ebla.Tests");
        (int exitCode, string[] lines) = await ChildProcess.RunAsync(
            OnOwnMount(
                "size=64m",
                $"{self} {BackendProcess.Argument} batches {_folder.Repository} >/dev/null && mount -o remount,ro {_folder.FullPath} &&"),
            "refused", _folder.Repository);
        Assert.Equal(0, exitCode);
        Assert.Matches("^put refused False .*the file system is read-only", lines[0]);
        Assert.Matches("^delete refused False .*the deletion was refused: the file system is read-only", lines[1]);
        Assert.Equal("read True", lines[2]);
    }

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex QuotedRegex();

    [GeneratedRegex(@"^(\d+)\s+(?:<\.\.\. )?(\w+)(?:\((.*)| resumed>(.*))$")]
    private static partial Regex TraceRegex();

    // Runs the rest in a mount namespace of its own with a small tmpfs on the folder of this test: nothing to clean up.
    private string[] OnOwnMount(string options, string first)
        =>
        [
            "unshare", Environment.UserName == "root" ? "-m" : "-Urm", "sh", "-c",
            $"mount -t tmpfs -o {options} none {_folder.FullPath} && {first} exec \"$@\"", "sh",
        ];

    private static async Task AssertPromisesAsync(string path, string[] lines, bool isBatchVoid)
    {
        await using LocalBackend backend = LocalBackend.Open(path);
        byte[]? header = await backend.ReadHeaderAsync();
        Assert.True(header is null || header.AsSpan().SequenceEqual("header"u8), "a torn header");
        Assert.True(header is not null || !lines.Contains("promised header"), "the header was promised and is lost");
        bool isDeleting = lines.Contains(BackendProcess.Promise(BackendProcess.BatchObjects[^1]));
        foreach (TestObject item in BackendProcess.BatchObjects)
        {
            byte[]? content = await TestObject.GetAsync(backend, item.Name);
            Assert.True(content is null || item.Matches(content), $"{item.Name} is torn");
            bool isPromised = lines.Contains(BackendProcess.Promise(item));
            if (isPromised && !(isDeleting && item == BackendProcess.BatchObjects[1]))
            {
                Assert.True(content is not null, $"{item.Name} was promised and is lost");
            }
            if (isBatchVoid && !isPromised)
            {
                Assert.True(content is null, $"{item.Name} is visible although its batch is void");
            }
        }
    }

    private static List<(string Call, string Arguments, int Begin, int End)> ParseTrace(string[] lines)
    {
        List<(string, string, int, int)> calls = [];
        Dictionary<string, (string Arguments, int Begin)> unfinished = [];
        for (int i = 0; i < lines.Length; i++)
        {
            Match match = TraceRegex().Match(lines[i]);
            if (!match.Success)
            {
                continue;
            }
            string thread = match.Groups[1].Value;
            if (match.Groups[4].Success)
            {
                unfinished.Remove(thread, out (string Arguments, int Begin) start);
                calls.Add((match.Groups[2].Value, start.Arguments + match.Groups[4].Value, start.Begin, i));
            }
            else if (lines[i].EndsWith("<unfinished ...>", StringComparison.Ordinal))
            {
                unfinished[thread] = (match.Groups[3].Value, i);
            }
            else
            {
                calls.Add((match.Groups[2].Value, match.Groups[3].Value, i, i));
            }
        }
        return calls;
    }
}
