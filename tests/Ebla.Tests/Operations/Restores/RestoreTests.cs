using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Ebla.FileSystems;
using Ebla.Operations.Backups;
using Ebla.Operations.Restores;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Operations.Restores;

public sealed class RestoreTests
{
    // All kinds of entries, with everything that lstat tells. The names are in Latin-1 and worse.
    private const string AllKinds = """
        mkdir -p a/b/c empty 'sp ace' "$(printf 'new\nline')" "$(printf 'caf\xe9')"
        printf hello > a/file
        printf 'same content' > a/one; ln a/one a/b/two; ln a/one zz-three
        : > a/b/empty-file
        head -c 3000000 /dev/urandom > a/b/c/large
        cp a/b/c/large large-copy
        truncate -s 5M sparse-all
        truncate -s 9000000 sparse; printf x | dd of=sparse bs=1 seek=4000000 conv=notrunc status=none
        printf data > "$(printf 'caf\xe9/\xff\xfe\x01')"
        printf '#!/bin/sh\n' > script; chmod 4755 script
        printf sgid > group; chmod 2711 group
        mkdir sticky; chmod 1777 sticky
        ln -s ../nowhere/at/all a/dangling
        ln -s /etc/passwd a/absolute
        ln -s "$(printf 'tar\xffget')" odd-link
        mkfifo -m 640 pipe
        ln pipe pipe-too
        mkdir closed; printf secret > closed/inside; chmod 000 closed/inside; chmod 500 closed
        touch -d '1999-12-31 23:59:59.123456789' a/file
        touch -h -d '2038-01-20 00:00:00.000000001' a/dangling
        touch -d '1969-06-01 00:00:00.5' a/b
        touch -d '2001-01-01 01:01:01.999999999' empty
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tree_with_all_kinds_of_entries_comes_back_as_it_was()
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        fixture.Shell(AllKinds);
        if (LocalMachine.UserId() == 0)
        {
            fixture.Shell("""
                mknod null c 1 3; mknod disk b 250 4097; chown 12345:54321 a/file; chown -h 1:2 a/dangling; chown 3:4 a/b/c
                chown 33:33 script; chmod 4755 script; chown 5:6 pipe
                """);
        }
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(fixture.InSource("socket")));
        await fixture.BackupAsync();

        RestoreResult result = await fixture.RestoreAndCompareAsync();

        Assert.Equal(TreeListing.Of(fixture.Source).Count + 1, result.Files + result.Directories + result.Others);
    }

    [Fact]
    public async Task A_whole_snapshot_keeps_the_absolute_paths_below_the_target()
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        fixture.Shell("mkdir d; echo 1 > d/f; echo 2 > g; touch -d 2020-02-02 d .");
        await fixture.BackupAsync();

        (RestoreResult result, RecordingRestoreObserver seen) = await fixture.RestoreAsync(
            fixture.Options() with { PathInSnapshot = default });

        Assert.Empty(seen.Problems);
        Assert.Equal(result.Files, seen.Counters!.FilesExpected);
        Assert.Equal(result.RestoredInBytes, seen.Counters.ExpectedInBytes);
        Assert.Equal(TreeListing.Of(fixture.Source), TreeListing.Of(fixture.Target + fixture.Source));
        Assert.Equal(
            TreeListing.Run(fixture.Source, "stat -c '%a %Y' ."), TreeListing.Run(fixture.Target + fixture.Source, "stat -c '%a %Y' ."));
    }

    [Theory]
    [InlineData("f", "f")]
    [InlineData("d/inner", "inner")]
    [InlineData("d/link", "link")]
    public async Task A_path_that_is_no_directory_appears_in_the_target_under_its_name(string path, string name)
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        fixture.Shell("mkdir d; echo 1 > f; echo 2 > d/inner; ln -s inner d/link; touch -d 2020-02-02 f; touch -h -d 2020-02-03 d/link");
        await fixture.BackupAsync();

        (RestoreResult result, RecordingRestoreObserver seen) = await fixture.RestoreAsync(fixture.Options(fixture.InSource(path)));

        Assert.Empty(seen.Problems);
        Assert.Equal(1, result.Files + result.Others);
        Assert.Equal(
            TreeListing.Of(Path.GetDirectoryName(fixture.InSource(path))!)[name], Assert.Single(TreeListing.Of(fixture.Target)).Value);
    }

    [Fact]
    public async Task The_entries_of_a_directory_appear_right_in_the_target()
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        fixture.Shell("mkdir -p d/e; echo 1 > d/f; echo 2 > d/e/g; echo 3 > other; chmod 750 d");
        await fixture.BackupAsync();

        (_, RecordingRestoreObserver seen) = await fixture.RestoreAsync(fixture.Options(fixture.InSource("d")));

        Assert.Empty(seen.Problems);
        Assert.Equal(TreeListing.Of(fixture.InSource("d")), TreeListing.Of(fixture.Target));
        Assert.Equal("750\n", TreeListing.Run(fixture.Target, "stat -c %a ."));
    }

    [Fact]
    public async Task A_target_that_was_there_keeps_its_metadata_and_its_other_files()
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        fixture.Shell("mkdir d; echo 1 > d/f; chmod 700 d");
        await fixture.BackupAsync();
        _ = Directory.CreateDirectory(fixture.Target);
        _ = TreeListing.Run(fixture.Target, "chmod 1777 .; echo mine > kept");

        _ = await fixture.RestoreAsync(fixture.Options(fixture.InSource("d")));

        Assert.Equal("1777\n", TreeListing.Run(fixture.Target, "stat -c %a ."));
        Assert.Equal(["f", "kept"], TreeListing.Of(fixture.Target).Keys);
    }

    [Theory]
    [InlineData("latest", "/no/such/path")]
    [InlineData("latest", "SOURCE/f/below-a-file")]
    [InlineData("latest", "SOURCE/none")]
    [InlineData("latest:nohost", "")]
    [InlineData("ffff", "")]
    public async Task What_is_not_there_is_said_to_be_not_there(string snapshot, string path)
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        fixture.Shell("echo 1 > f");
        await fixture.BackupAsync();

        SnapshotNotFoundException exception = await Assert.ThrowsAsync<SnapshotNotFoundException>(() => fixture.RestoreAsync(
            fixture.Options(path.Replace("SOURCE", fixture.Source, StringComparison.Ordinal)) with { Snapshot = snapshot }));

        Assert.Contains("here is no", exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(fixture.Target));
    }

    [Fact]
    public async Task Restoring_over_a_tree_replaces_files_and_links_but_follows_none()
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        fixture.Shell("mkdir -p d/e; echo 1 > d/f; echo 2 > d/e/g; ln -s x d/l; mkfifo p; echo 5 > h; ln h i; : > n; head -c 500000 /dev/zero > z");
        await fixture.BackupAsync();
        string outside = Directory.CreateDirectory(Path.Combine(fixture.Root, "outside")).FullName;
        _ = Directory.CreateDirectory(fixture.Target);
        _ = TreeListing.Run(fixture.Target, """
            mkdir d; echo old > d/f; ln d/f keep; ln -s ../outside d/e; ln -s ../outside h; echo x > i; echo x > p; ln -s ../outside n
            echo x > ../outside/g; echo a > z; echo a > d/l
            """);
        using FileStream reader = File.OpenRead(Path.Combine(fixture.Target, "d", "f"));

        (_, RecordingRestoreObserver seen) = await fixture.RestoreAsync();

        Assert.Empty(seen.Problems);
        Assert.Equal("x\n", await File.ReadAllTextAsync(Path.Combine(outside, "g"), Token));
        Assert.Equal(["g"], Directory.GetFileSystemEntries(outside).Select(Path.GetFileName));
        using StreamReader text = new(reader);
        Assert.Equal("old\n", await text.ReadToEndAsync(Token));
        File.Delete(Path.Combine(fixture.Target, "keep"));
        _ = TreeListing.Run(fixture.Target, $"touch -r '{fixture.Source}' .");
        Assert.Equal(TreeListing.Of(fixture.Source), TreeListing.Of(fixture.Target));

        // And once more, onto itself: hard links included.
        await fixture.RestoreAndCompareAsync();
    }

    [Fact]
    public async Task A_directory_in_the_way_of_a_file_stays_and_is_reported()
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        fixture.Shell("echo 1 > f; echo 2 > g; mkfifo p; ln -s x l");
        await fixture.BackupAsync();
        _ = Directory.CreateDirectory(fixture.Target);
        _ = TreeListing.Run(fixture.Target, "mkdir f p l; echo x > f/x");

        (RestoreResult result, RecordingRestoreObserver seen) = await fixture.RestoreAsync();

        Assert.Equal([fixture.InSource("f"), fixture.InSource("l"), fixture.InSource("p")], seen.Paths);
        Assert.Equal(1, result.Files);
        Assert.Equal("2\n", await File.ReadAllTextAsync(Path.Combine(fixture.Target, "g"), Token));
        Assert.Equal("x\n", await File.ReadAllTextAsync(Path.Combine(fixture.Target, "f", "x"), Token));
    }

    [Fact]
    public async Task A_file_larger_than_a_plan_and_files_beyond_the_open_limit_come_back()
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync(16 << 10);
        // Interleaved: each block of the large file is also the n-th block of one of many others.
        byte[] large = RandomNumberGenerator.GetBytes(3 << 20);
        await File.WriteAllBytesAsync(fixture.InSource("0-large"), large, Token);
        for (int i = 0; i < 12; i++)
        {
            byte[] mixed = new byte[600_000];
            for (int block = 0; block < 3; block++)
            {
                large.AsSpan((i * 37 + block * 900_000) % (large.Length - 200_000), 200_000).CopyTo(mixed.AsSpan(block * 200_000));
            }
            await File.WriteAllBytesAsync(fixture.InSource($"mixed{i}"), mixed, Token);
        }
        await fixture.BackupAsync();
        RestoreOptions options = fixture.Options();
        foreach (RestoreOptions variant in new[]
        {
            options with { PlannedPiecesMax = 40, FetchSizeInBytesMax = 1, OpenFilesMax = 1, WorkerCount = 1 },
            options with { PlannedPiecesMax = 50, OpenFilesMax = 2, WorkerCount = 4 },
            options with { PlannedPiecesMax = 100_000, OpenFilesMax = 1, WorkerCount = 3 },
        })
        {
            _ = await fixture.RestoreAndCompareAsync(variant);
            Directory.Delete(fixture.Target, recursive: true);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Cancelling_at_any_time_leaves_nothing_half_behind(int seed)
    {
        Random random = new(seed);
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync(16 << 10);
        for (int i = 0; i < 200; i++)
        {
            _ = Directory.CreateDirectory(fixture.InSource($"d{i % 9}"));
            byte[] content = new byte[i % 10 == 0 ? 500_000 : random.Next(5000)];
            random.NextBytes(content);
            await File.WriteAllBytesAsync(fixture.InSource($"d{i % 9}/f{i}"), content, Token);
        }
        BackupResult backup = await fixture.BackupAsync();
        _ = Directory.CreateDirectory(Path.Combine(fixture.Target, "d0"));
        await File.WriteAllTextAsync(Path.Combine(fixture.Target, "d0", "f0"), "old", Token);
        long stopAt = random.NextInt64(backup.ProcessedInBytes);
        using CancellationTokenSource stop = new();
        RecordingRestoreObserver observer = new();

        Task<RestoreResult> restore = Task.Run(
            () => RestoreOperation.RunAsync(fixture.Repository, fixture.Options() with { OpenFilesMax = 3 }, observer, stop.Token), Token);
        while (!restore.IsCompleted && (observer.Counters is null || observer.Counters.RestoredInBytes < stopAt))
        {
            await Task.Yield();
        }
        await stop.CancelAsync();

        try
        {
            _ = await restore;
            Assert.Equal(TreeListing.Of(fixture.Source), TreeListing.Of(fixture.Target)); // It was too late to stop.
        }
        catch (OperationCanceledException)
        {
            // What is there is looked at below.
        }
        SortedDictionary<string, string> source = TreeListing.Of(fixture.Source, withDirectoryTimes: false);
        foreach ((string path, string text) in TreeListing.Of(fixture.Target, withDirectoryTimes: false))
        {
            bool isOld = path == "d0/f0" && await File.ReadAllTextAsync(Path.Combine(fixture.Target, path), Token) == "old";
            Assert.True(isOld || text[0] == 'd' || source[path] == text, $"{path} is {text}; seed {seed}");
        }
    }

    [Fact]
    public async Task A_full_target_stops_the_restore_with_whole_files_only()
    {
        Assert.SkipUnless(LocalMachine.UserId() == 0, "Only root can mount a small file system.");
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        for (int i = 0; i < 20; i++)
        {
            await File.WriteAllBytesAsync(fixture.InSource($"f{i}"), RandomNumberGenerator.GetBytes(i % 4 == 0 ? 400_000 : 30_000), Token);
        }
        await fixture.BackupAsync();
        _ = Directory.CreateDirectory(fixture.Target);
        _ = TreeListing.Run("/", $"mount -t tmpfs -o size=1m none '{fixture.Target}'");
        try
        {
            TargetException exception = await Assert.ThrowsAsync<TargetException>(() => fixture.RestoreAsync());

            Assert.Contains("no more data", exception.Message, StringComparison.Ordinal);
            SortedDictionary<string, string> source = TreeListing.Of(fixture.Source);
            Assert.All(TreeListing.Of(fixture.Target), entry => Assert.Equal(source[entry.Key], entry.Value));
        }
        finally
        {
            _ = TreeListing.Run("/", $"umount '{fixture.Target}'");
        }
    }

    [Fact]
    public async Task A_target_that_cannot_be_a_directory_is_refused_at_once()
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        fixture.Shell("echo 1 > f");
        await fixture.BackupAsync();

        _ = await Assert.ThrowsAsync<TargetException>(() => fixture.RestoreAsync(
            fixture.Options() with { Target = ByteName.FromText(fixture.InSource("f")) }));
        _ = await Assert.ThrowsAsync<TargetException>(() => fixture.RestoreAsync(
            fixture.Options() with { Target = ByteName.FromText(fixture.InSource("f/below")) }));
    }

    [Fact]
    public async Task Each_frame_is_fetched_once()
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        for (int i = 0; i < 400; i++)
        {
            _ = Directory.CreateDirectory(fixture.InSource($"d{i % 13}"));
            await File.WriteAllBytesAsync(fixture.InSource($"d{i % 13}/f{i}"), RandomNumberGenerator.GetBytes(i * 97), Token);
        }
        await fixture.BackupAsync();

        RestoreResult result = await fixture.RestoreAndCompareAsync();

        Assert.InRange(result.FetchedInBytes, result.RestoredInBytes, (long)(result.RestoredInBytes * 1.05));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Random_trees_come_back(int seed)
    {
        Random random = new(seed);
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync(16 << 10);
        List<string> folders = [fixture.Source];
        List<string> files = [];
        StringBuilder script = new();
        for (int i = 0; i < 300; i++)
        {
            string path = Path.Combine(folders[random.Next(folders.Count)], $"n{random.Next()}");
            switch (random.Next(10))
            {
                case < 2:
                    folders.Add(Directory.CreateDirectory(path).FullName);
                    break;
                case 2:
                    _ = File.CreateSymbolicLink(path, new string('t', random.Next(1, 200)));
                    break;
                case 3 when files.Count > 0:
                    _ = script.AppendLine(CultureInfo.InvariantCulture, $"ln '{files[random.Next(files.Count)]}' '{path}'");
                    break;
                default:
                    byte[] content = new byte[random.Next(4) == 0 ? random.Next(300_000) : random.Next(3000)];
                    random.NextBytes(content);
                    content.AsSpan(content.Length / 3, content.Length / 3).Clear();
                    await File.WriteAllBytesAsync(path, content, Token);
                    File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddTicks(random.NextInt64(1L << 54)));
                    _ = script.AppendLine(CultureInfo.InvariantCulture, $"chmod {Convert.ToString(random.Next(0x1000), 8)} '{path}'");
                    files.Add(path);
                    break;
            }
        }
        fixture.Shell(script.ToString());
        await fixture.BackupAsync();

        _ = await fixture.RestoreAndCompareAsync(fixture.Options() with
        {
            PlannedPiecesMax = random.Next(1, 200),
            WorkerCount = random.Next(1, 5),
            OpenFilesMax = random.Next(1, 10),
        });
    }
}
