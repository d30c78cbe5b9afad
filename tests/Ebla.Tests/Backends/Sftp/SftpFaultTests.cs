using System.Diagnostics;
using Ebla.Backends;
using Ebla.Backends.Locations;
using Ebla.Backends.Traffic;
using Ebla.Primitives;
using Ebla.Tests.Backends.Servers;
using Xunit;

namespace Ebla.Tests.Backends.Sftp;

/// <summary>What goes wrong with a real server, and what is said about it.</summary>
public sealed class SftpFaultTests : IDisposable
{
    private readonly SftpServer _server = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("ebla-sftp-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_session_killed_in_the_middle_of_puts_fails_them_and_the_next_call_connects_again()
    {
        string place = _server.NewPlace();
        await using IBackend backend = _server.Open(place);
        await backend.CreateHeaderAsync(new byte[10]);
        TestObject first = TestObject.Create(1, 1000);
        await first.PutAsync(backend);

        // Slow enough that it is under way when the session dies.
        await using IBackend slow = _server.Open(place, static settings => settings with
        {
            Line = new Line(new LineLimits(2_000_000, null), TimeProvider.System),
        });
        Assert.NotNull(await slow.ReadHeaderAsync());
        TestObject large = TestObject.Create(2, 20_000_000);
        Task put = large.PutAsync(slow).AsTask();
        await WaitUntilAsync(() => Directory.EnumerateFiles(Path.Join(PathOf(place), "tmp")).Any());
        _server.SignalSessions();
        BackendException exception = await Assert.ThrowsAsync<BackendException>(() => put);
        Assert.True(exception.IsTransient, exception.Message);
        AssertOneLine(exception, place);

        // Both were cut off; what the first had put is promised by its flush all the same.
        await RepeatAsync(async () => await backend.FlushAsync());
        Assert.Equal(first.Content, await TestObject.GetAsync(backend, first.Name));
        Assert.Null(await slow.GetSizeAsync(large.Name));
        TestObject small = TestObject.Create(3, 1000);
        await small.PutAsync(slow);
        await slow.FlushAsync();
        Assert.Equal(small.Content, await TestObject.GetAsync(backend, small.Name));

        // The next put of the one that was cut off tidies up.
        await WaitUntilAsync(() => !Directory.EnumerateFiles(Path.Join(PathOf(place), "tmp")).Any());
    }

    [Fact]
    public async Task What_the_server_lost_after_the_connection_broke_fails_the_flush()
    {
        string place = _server.NewPlace();
        await using IBackend backend = _server.Open(place);
        TestObject item = TestObject.Create(1, 1000);
        await item.PutAsync(backend);
        _server.SignalSessions();
        File.Delete(Path.Join(PathOf(place), RepositoryLayout.PathOf(item.Name)));
        BackendException lost = await Assert.ThrowsAsync<BackendException>(
            async () => await RepeatAsync(async () => await backend.FlushAsync()));
        Assert.False(lost.IsTransient);
        Assert.Contains("lost it", lost.Message, StringComparison.Ordinal);
        BackendException refused = await Assert.ThrowsAsync<BackendException>(async () => await item.PutAsync(backend));
        Assert.Contains("earlier flush failed", refused.Message, StringComparison.Ordinal);
        Assert.Null(await backend.GetSizeAsync(item.Name));
    }

    [Fact]
    public async Task A_server_that_stops_answering_is_given_up()
    {
        string place = _server.NewPlace();
        await using IBackend backend = _server.Open(place, _ => _server.Impatient());
        Assert.Null(await backend.ReadHeaderAsync());
        _server.SignalSessions("STOP");
        try
        {
            Stopwatch watch = Stopwatch.StartNew();
            BackendException exception = await Assert.ThrowsAsync<BackendException>(async () => await backend.ReadHeaderAsync());
            Assert.True(exception.IsTransient);
            Assert.InRange(watch.Elapsed.TotalSeconds, 1, 60);
        }
        finally
        {
            _server.SignalSessions("CONT");
        }
        Assert.Null(await backend.ReadHeaderAsync());
    }

    [Fact]
    public async Task Signals_from_the_keyboard_do_not_end_the_session()
    {
        // Ctrl-C goes to ssh as well as to us; we still have work to bring to its end over that line.
        BackendSettings settings = _server.With(_folder);
        await using IBackend backend = BackendLocation.Parse(_server.NewPlace()).Open(settings);
        Assert.Null(await backend.ReadHeaderAsync());
        string folder = Directory.EnumerateDirectories("/proc").Single(IsOurSsh);
        Run("/bin/bash", "-c", $"for s in INT TERM HUP QUIT; do kill -$s {Path.GetFileName(folder)}; done");
        await backend.CreateHeaderAsync(new byte[10]);
        Assert.NotNull(await backend.ReadHeaderAsync());
        Assert.True(Directory.Exists(folder), "another session than before");

        bool IsOurSsh(string process)
        {
            try
            {
                string command = File.ReadAllText(Path.Join(process, "cmdline"));
                return command.StartsWith("ssh\0", StringComparison.Ordinal)
                    && command.Contains(settings.Options["sftp.config"], StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task An_unknown_server_is_refused_with_its_fingerprint_and_can_be_accepted()
    {
        string known = Path.Join(_folder, "known_hosts");
        BackendSettings settings = _server.With(_folder, $"UserKnownHostsFile {known}");
        string place = _server.NewPlace();
        await using (IBackend backend = BackendLocation.Parse(place).Open(settings))
        {
            AccessDeniedException denied = await Assert.ThrowsAsync<AccessDeniedException>(async () => await backend.ReadHeaderAsync());
            Assert.Contains(await FingerprintAsync(), denied.Message, StringComparison.Ordinal);
            Assert.Contains("--accept-new-host-key", denied.Message, StringComparison.Ordinal);
            AssertOneLine(denied, place);
            Assert.False(File.Exists(known));
        }
        List<string> notices = [];
        await using (IBackend backend = BackendLocation.Parse(place).Open(settings with { AcceptsNewHostKey = true, Notice = notices.Add }))
        {
            Assert.Null(await backend.ReadHeaderAsync());
        }
        Assert.Contains(await FingerprintAsync(), Assert.Single(notices), StringComparison.Ordinal);
        await using (IBackend backend = BackendLocation.Parse(place).Open(settings))
        {
            Assert.Null(await backend.ReadHeaderAsync());
        }
    }

    [Fact]
    public async Task A_changed_key_of_the_server_is_refused_always()
    {
        string known = Path.Join(_folder, "known_hosts");
        string[] other = File.ReadAllText(Path.Join(_server.Folder, "id_other.pub")).Split(' ');
        await File.WriteAllTextAsync(known, $"[127.0.0.1]:{Port} {other[0]} {other[1]}\n");
        BackendSettings settings = _server.With(_folder, $"UserKnownHostsFile {known}");
        foreach (bool accepts in (bool[])[false, true])
        {
            await using IBackend backend = BackendLocation.Parse(_server.NewPlace()).Open(settings with { AcceptsNewHostKey = accepts });
            AccessDeniedException denied = await Assert.ThrowsAsync<AccessDeniedException>(async () => await backend.ReadHeaderAsync());
            Assert.Contains("CHANGED", denied.Message, StringComparison.Ordinal);
            Assert.Contains(await FingerprintAsync(), denied.Message, StringComparison.Ordinal);
            Assert.Contains("ssh-keygen", denied.Message, StringComparison.Ordinal);
            AssertOneLine(denied, _server.Location);
        }
    }

    [Fact]
    public async Task A_key_that_the_server_does_not_know_is_access_denied()
    {
        string place = _server.NewPlace();
        await using IBackend backend = BackendLocation.Parse(place).Open(
            _server.With(_folder, $"IdentityFile {Path.Join(_server.Folder, "nowhere")}") with
            {
                Options = new Dictionary<string, string>
                {
                    ["sftp.config"] = Path.Join(_folder, "ssh_config_without_keys"),
                    ["sftp.identity"] = Path.Join(_server.Folder, "id_other"),
                },
            });
        string[] lines = File.ReadAllLines(Path.Join(_server.Folder, "ssh_config"));
        await File.WriteAllLinesAsync(
            Path.Join(_folder, "ssh_config_without_keys"), lines.Where(static line => !line.Contains("IdentityFile", StringComparison.Ordinal)));
        AccessDeniedException denied = await Assert.ThrowsAsync<AccessDeniedException>(async () => await backend.ReadHeaderAsync());
        Assert.Contains("Permission denied (publickey)", denied.Message, StringComparison.Ordinal);
        AssertOneLine(denied, place);
    }

    [Fact]
    public async Task A_password_lets_in_and_a_wrong_one_does_not()
    {
        TestServer server = TestServer.Get("proftpd", "AUTH=password");
        string place = server.NewPlace();
        await using IBackend backend = server.Open(place);
        TestObject item = TestObject.Create(1, 1000);
        await item.PutAsync(backend);
        await backend.FlushAsync();
        Assert.Equal(item.Content, await TestObject.GetAsync(backend, item.Name));

        int asked = 0;
        await using IBackend stranger = BackendLocation.Parse(place).Open(server.Settings() with
        {
            FindPassword = _ =>
            {
                asked++;
                return ValueTask.FromResult<string?>("a guess");
            },
        });
        for (int attempt = 0; attempt < 2; attempt++)
        {
            AccessDeniedException denied = await Assert.ThrowsAsync<AccessDeniedException>(async () => await stranger.ReadHeaderAsync());
            Assert.DoesNotContain("a guess", denied.Message, StringComparison.Ordinal);
            AssertOneLine(denied, place);
        }
        Assert.Equal(1, asked);
        await using IBackend nobody = BackendLocation.Parse(place).Open(
            server.Settings() with { FindPassword = static _ => ValueTask.FromResult<string?>(null) });
        _ = await Assert.ThrowsAsync<AccessDeniedException>(async () => await nobody.ReadHeaderAsync());
    }

    [Fact]
    public async Task A_place_where_we_may_not_write_is_access_denied()
    {
        string place = $"sftp://127.0.0.1:{Port}/sys/ebla";
        await using IBackend backend = _server.Open(place);
        Assert.Null(await backend.ReadHeaderAsync());
        AccessDeniedException denied = await Assert.ThrowsAsync<AccessDeniedException>(async () => await backend.CreateHeaderAsync(new byte[9]));
        Assert.Contains("/sys/ebla", denied.Message, StringComparison.Ordinal);
        AssertOneLine(denied, place);
    }

    [Fact]
    public async Task A_full_disk_is_named_and_leaves_nothing_behind()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root mounts a small disk.");
        Run("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", _folder);
        try
        {
            await using IBackend backend = _server.Open($"sftp://127.0.0.1:{Port}{_folder}/repo");
            TestObject small = TestObject.Create(1, 100_000);
            await small.PutAsync(backend);
            Assert.InRange((await backend.GetFreeSpaceInBytesAsync())!.Value, 1, 3 << 20);
            BackendException full = await Assert.ThrowsAsync<BackendException>(
                async () => await TestObject.Create(2, 5_000_000).PutAsync(backend));
            Assert.False(full.IsTransient);
            Assert.Contains("disk is full", full.Message, StringComparison.Ordinal);
            await backend.FlushAsync();
            Assert.Equal(small.Content, await TestObject.GetAsync(backend, small.Name));
            await WaitUntilAsync(() => !Directory.EnumerateFiles(Path.Join(_folder, "repo", "tmp")).Any());
            await TestObject.Create(3, 1_000_000).PutAsync(backend);
        }
        finally
        {
            Run("umount", "--lazy", _folder);
        }
    }

    [Fact]
    public async Task A_repository_that_disappeared_is_not_an_empty_one()
    {
        string place = _server.NewPlace();
        await using IBackend backend = _server.Open(place);
        await backend.CreateHeaderAsync(new byte[10]);
        Directory.Move(PathOf(place), PathOf(place) + ".away");
        TestObject item = TestObject.Create(1, 10);
        foreach (Func<Task> call in (Func<Task>[])
        [
            async () => await backend.GetSizeAsync(item.Name),
            async () => await item.PutAsync(backend),
            async () => await TestObject.ListAsync(backend, ObjectKind.Snapshot),
            async () => await backend.DeleteAsync(item.Name),
        ])
        {
            BackendException exception = await Assert.ThrowsAsync<BackendException>(call);
            Assert.Contains("is gone", exception.Message, StringComparison.Ordinal);
        }
        Assert.False(Directory.Exists(PathOf(place)));
    }

    [Theory]
    [InlineData("sftp://127.0.0.1:1/srv/repo", true)]
    [InlineData("sftp://nowhere.invalid/srv/repo", true)]
    public async Task No_server_is_a_failure_that_may_pass(string place, bool isTransient)
    {
        await using IBackend backend = _server.Open(place);
        BackendException exception = await Assert.ThrowsAsync<BackendException>(async () => await backend.ReadHeaderAsync());
        Assert.Equal(isTransient, exception.IsTransient);
        AssertOneLine(exception, place);
    }

    [Theory]
    [InlineData("echo Welcome, user", "login scripts")]
    [InlineData("exec no-such-program-anywhere", "cannot be run")]
    [InlineData("printf '\\377\\377\\377\\377'", "4294967295 bytes")]
    public async Task A_command_that_does_not_speak_SFTP_is_named(string command, string expected)
    {
        await using IBackend backend = BackendLocation.Parse("sftp:any:repo").Open(new BackendSettings
        {
            Options = new Dictionary<string, string> { ["sftp.command"] = command },
        });
        BackendException exception = await Assert.ThrowsAsync<BackendException>(async () => await backend.ReadHeaderAsync());
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.False(exception.IsTransient);
        AssertOneLine(exception, "sftp://any/~/repo");
    }

    [Fact]
    public async Task A_command_of_the_users_own_is_used_instead_of_ssh()
    {
        await using IBackend backend = BackendLocation.Parse($"sftp://any{_folder}/repo").Open(new BackendSettings
        {
            Options = new Dictionary<string, string> { ["sftp.command"] = "/usr/lib/openssh/sftp-server" },
        });
        TestObject item = TestObject.Create(1, 1_000_000);
        await item.PutAsync(backend);
        await backend.FlushAsync();
        Assert.Equal(item.Content, await File.ReadAllBytesAsync(Path.Join(_folder, "repo", RepositoryLayout.PathOf(item.Name))));
    }

    [Fact]
    public async Task The_server_syncs_every_file_before_it_gets_its_name_and_the_folder_at_the_flush()
    {
        string log = Path.Join(_folder, "trace");
        await using IBackend backend = BackendLocation.Parse($"sftp://any{_folder}/new/repo").Open(new BackendSettings
        {
            Options = new Dictionary<string, string>
            {
                ["sftp.command"] = $"strace -f -y -e trace=fsync,rename,renameat,renameat2,link,linkat,mkdir -o {log} /usr/lib/openssh/sftp-server",
            },
        });
        await backend.CreateHeaderAsync(new byte[10]);
        TestObject item = TestObject.Create(1, 1_000_000);
        await item.PutAsync(backend);
        string[] before = await File.ReadAllLinesAsync(log);
        await backend.FlushAsync();
        Assert.True(backend.Capabilities.IsDurableOnceFlushed);
        string[] after = (await File.ReadAllLinesAsync(log))[before.Length..];

        int header = Index(before, line => line.Contains("link", StringComparison.Ordinal)
            && line.Contains("/repo/ebla\"", StringComparison.Ordinal));
        Assert.True(Index(before, line => IsSync(line, "/repo/tmp/")) < header);
        Assert.True(Index(before, line => IsSync(line, "/repo>")) > header, "the name of the header");
        Assert.True(Index(before, line => IsSync(line, "/new>")) > header, "the name of the new folder");
        int named = Index(before, line => line.Contains("rename", StringComparison.Ordinal) && line.Contains("/packs/", StringComparison.Ordinal));
        Assert.True(Array.FindLastIndex(before, named, line => IsSync(line, "/repo/tmp/")) > header, "the bytes of the pack");
        Assert.Contains(after, line => IsSync(line, "/" + RepositoryLayout.FolderOf(item.Name) + ">"));
        Assert.Contains(after, line => IsSync(line, "/packs>"));

        static bool IsSync(string line, string path) => line.Contains("fsync(", StringComparison.Ordinal)
            && line.Contains(path, StringComparison.Ordinal) && line.EndsWith("= 0", StringComparison.Ordinal);

        static int Index(string[] lines, Predicate<string> match)
        {
            int index = Array.FindIndex(lines, match);
            Assert.True(index >= 0, string.Join('\n', lines));
            return index;
        }
    }

    [Fact]
    public async Task A_sync_that_the_server_cannot_do_fails_the_put_and_a_folder_s_voids_the_flush()
    {
        // The first sync of the session is that of the put.
        foreach ((int which, bool failsPut) in ((int, bool)[])[(1, true), (2, false)])
        {
            await using IBackend backend = BackendLocation.Parse($"sftp://any{_folder}/repo-{which}").Open(new BackendSettings
            {
                Options = new Dictionary<string, string>
                {
                    ["sftp.command"] = $"strace -f -o /dev/null -e inject=fsync:error=EIO:when={which} /usr/lib/openssh/sftp-server",
                },
            });
            TestObject item = TestObject.Create(1, 1000);
            if (failsPut)
            {
                BackendException exception = await Assert.ThrowsAsync<BackendException>(async () => await item.PutAsync(backend));
                Assert.False(exception.IsTransient);
                Assert.Null(await backend.GetSizeAsync(item.Name));
                continue;
            }
            await item.PutAsync(backend);
            _ = await Assert.ThrowsAsync<BackendException>(async () => await backend.FlushAsync());
            _ = await Assert.ThrowsAsync<BackendException>(async () => await item.PutAsync(backend));
            _ = await Assert.ThrowsAsync<BackendException>(async () => await backend.FlushAsync());
            Assert.NotNull(await backend.GetSizeAsync(item.Name));
        }
    }

    // Goal: a put that is known only by looking, since its answer was lost, is promised by the next flush like any other.
    // Method: strace holds back the answer to the rename (the second, since the first finds no folder) until the line is given up; the
    // strace of the next session sees what the flush does.
    [Fact]
    public async Task A_name_whose_answer_was_lost_is_synced_at_the_flush()
    {
        string log = Path.Join(_folder, "trace");
        await using IBackend backend = BackendLocation.Parse($"sftp://any{_folder}/lost").Open(new BackendSettings
        {
            Options = new Dictionary<string, string>
            {
                ["sftp.command"] = "strace -f -y -e trace=fsync,rename -e inject=rename:delay_exit=10000000:when=2 "
                    + $"-o {log} /usr/lib/openssh/sftp-server",
            },
            Line = new Line(LineLimits.None with { StallTime = TimeSpan.FromSeconds(2) }, TimeProvider.System),
        });
        TestObject item = TestObject.Create(1, 1000);
        BackendException exception = await Assert.ThrowsAsync<BackendException>(async () => await item.PutAsync(backend));
        Assert.True(exception.IsTransient, exception.Message);
        Assert.Equal(item.Content.Length, await backend.GetSizeAsync(item.Name));
        string[] before = await File.ReadAllLinesAsync(log);
        await backend.FlushAsync();
        string folder = "/" + RepositoryLayout.FolderOf(item.Name) + ">";
        Assert.DoesNotContain(before, line => line.Contains(folder, StringComparison.Ordinal));
        Assert.Contains(
            await File.ReadAllLinesAsync(log),
            line => line.Contains("fsync(", StringComparison.Ordinal) && line.Contains(folder, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_what_was_left_long_ago_is_swept_away()
    {
        string place = _server.NewPlace();
        string temp = Path.Join(PathOf(place), "tmp");
        _ = Directory.CreateDirectory(temp);
        string old = Path.Join(temp, new string('a', 32));
        string young = Path.Join(temp, new string('b', 32));
        string foreign = Path.Join(temp, "notes");
        foreach (string path in (string[])[old, young, foreign])
        {
            await File.WriteAllTextAsync(path, "");
            File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime - TimeSpan.FromDays(path == young ? 6 : 8));
        }
        await using IBackend backend = _server.Open(place);
        await TestObject.Create(1, 8_000_000).PutAsync(backend);
        await WaitUntilAsync(() => !File.Exists(old));
        Assert.True(File.Exists(young));
        Assert.True(File.Exists(foreign));
    }

    private int Port => ((Ebla.Backends.Sftp.SftpLocation)BackendLocation.Parse(_server.Location)).Port!.Value;

    private static string PathOf(string place) => ((Ebla.Backends.Sftp.SftpLocation)BackendLocation.Parse(place)).Path;

    private static void AssertOneLine(Exception exception, string start)
    {
        Assert.StartsWith(start, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
        Assert.DoesNotContain("debug1", exception.Message, StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper?.WriteLine(exception.Message);
    }

    // As the retrying decorator does.
    private static async Task RepeatAsync(Func<Task> call)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                await call();
                return;
            }
            catch (BackendException exception) when (exception.IsTransient && attempt < 5)
            {
                // The connection had not ended yet when it was asked.
            }
        }
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        for (int turn = 0; turn < 1000 && !condition(); turn++)
        {
            await Task.Delay(20);
        }
        Assert.True(condition());
    }

    private async Task<string> FingerprintAsync()
    {
        using Process process = Process.Start(new ProcessStartInfo("ssh-keygen", ["-lf", Path.Join(_server.Folder, "host_ed25519.pub")])
        {
            RedirectStandardOutput = true,
        })!;
        string line = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return line.Split(' ')[1];
    }

    private static void Run(string command, params string[] arguments)
    {
        using Process process = Process.Start(command, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
