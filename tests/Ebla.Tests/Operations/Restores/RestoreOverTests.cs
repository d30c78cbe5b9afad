using System.Security.Cryptography;
using Ebla.FileSystems;
using Ebla.Operations.Restores;
using Ebla.Primitives;
using Ebla.Repositories;
using Xunit;

namespace Ebla.Tests.Operations.Restores;

/// <summary>Restoring parts, and onto what is there already.</summary>
public sealed class RestoreOverTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_changed_block_of_a_large_file_costs_one_frame_and_a_dry_run_says_so()
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        byte[] content = RandomNumberGenerator.GetBytes(30 << 20);
        await File.WriteAllBytesAsync(fixture.InSource("image"), content, Token);
        await fixture.BackupAsync(new UploadOptions { FrameSizeInBytes = 256 << 10 });
        _ = await fixture.RestoreAndCompareAsync();
        string image = Path.Combine(fixture.Target, "image");
        foreach (bool isInPlace in new[] { false, true })
        {
            await using (FileStream file = File.OpenWrite(image))
            {
                file.Position = 20_000_000;
                await file.WriteAsync(new byte[100], Token);
            }
            string inode = TreeListing.Run(fixture.Target, "stat -c %i image");
            RestoreOptions options = fixture.Options() with { InPlace = isInPlace };
            (RestoreResult dry, _) = await fixture.RestoreAsync(options with { DryRun = true });
            Assert.InRange(dry.FetchedInBytes, 1, 600_000);

            RestoreResult result = await fixture.RestoreAndCompareAsync(options);

            Assert.Equal(dry.FetchedInBytes, result.FetchedInBytes);
            Assert.Equal(dry.KeptInBytes, result.KeptInBytes);
            Assert.InRange(result.KeptInBytes, content.Length - 300_000, content.Length - 1);
            Assert.Equal(isInPlace, inode == TreeListing.Run(fixture.Target, "stat -c %i image"));
        }
        Assert.Equal(0, (await fixture.RestoreAndCompareAsync()).FetchedInBytes);
    }

    [Theory]
    [InlineData("truncate -s 1000000 image")]
    [InlineData("truncate -s 9000000 image")]
    [InlineData("head -c 50000 /dev/urandom | dd of=image bs=1000 seek=3500 conv=notrunc status=none")]
    [InlineData(": > image")]
    [InlineData("ln image ../other")]
    [InlineData("chmod 600 image; touch image")]
    [InlineData("rm image; mkfifo image")]
    public async Task Holes_are_holes_again_whatever_was_done_to_the_file(string damage)
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        fixture.Shell("""
            truncate -s 6000000 image; head -c 1000000 /dev/urandom | dd of=image bs=1000 seek=1000 conv=notrunc status=none
            head -c 300000 /dev/urandom | dd of=image bs=1000 seek=5000 conv=notrunc status=none
            """);
        await fixture.BackupAsync();
        foreach (bool isInPlace in new[] { false, true })
        {
            _ = await fixture.RestoreAndCompareAsync();
            _ = TreeListing.Run(fixture.Target, damage);

            _ = await fixture.RestoreAndCompareAsync(fixture.Options() with { InPlace = isInPlace, Verify = true });

            Assert.InRange(long.Parse(TreeListing.Run(fixture.Target, "stat -c %b image")) * 512, 1_300_000, 2_000_000);
            _ = TreeListing.Run(fixture.Root, "rm -f other");
        }
    }

    [Fact]
    public async Task The_overwrite_rules_do_what_they_say()
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        fixture.Shell("""
            mkdir d; echo one > d/same; echo two > d/sly; echo three > d/older; echo four > d/missing; ln d/same d/linked
            touch -d 2020-01-01 d/*
            """);
        await fixture.BackupAsync();
        async Task ResetAsync()
        {
            _ = TreeListing.Run(fixture.Root, "rm -rf target");
            _ = await fixture.RestoreAndCompareAsync();
            _ = TreeListing.Run(fixture.Target, "echo TWO > d/sly; touch -d 2020-01-01 d/sly; echo THREE > d/older; rm d/missing; chmod 700 d");
        }
        string Read(string name) => File.ReadAllText(Path.Combine(fixture.Target, name)).Trim();

        await ResetAsync();
        (RestoreResult result, _) = await fixture.RestoreAsync(fixture.Options() with { Overwrite = OverwriteRule.Never });
        Assert.Equal(("TWO", "THREE", "four", 4L), (Read("d/sly"), Read("d/older"), Read("d/missing"), result.Left));
        (result, _) = await fixture.RestoreAsync(fixture.Options() with { Overwrite = OverwriteRule.Changed });
        Assert.Equal(("TWO", "three"), (Read("d/sly"), Read("d/older")));
        Assert.InRange(result.Left, 3, 4);
        (_, RecordingRestoreObserver seen) = await fixture.RestoreAsync(
            fixture.Options() with { Overwrite = OverwriteRule.Changed, Verify = true });
        Assert.Equal([fixture.InSource("d/sly")], seen.Paths);
        _ = await fixture.RestoreAndCompareAsync();
    }

    [Fact]
    public async Task What_the_snapshot_does_not_have_is_removed_but_nothing_else()
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        fixture.Shell("mkdir -p d/e; echo 1 > d/f; echo 2 > d/e/g; echo 3 > now-a-file; mkdir now-a-directory; touch -d 2020-01-01 d/e d .");
        await fixture.BackupAsync();
        _ = await fixture.RestoreAndCompareAsync();
        string outside = Directory.CreateDirectory(Path.Combine(fixture.Root, "outside")).FullName;
        await File.WriteAllTextAsync(Path.Combine(outside, "precious"), "x", Token);
        _ = TreeListing.Run(fixture.Target, """
            mkdir -p d/extra/deep/er kept; echo x > d/extra/deep/er/x; echo x > d/extra/a; ln -s ../../outside d/link; ln -s ../outside link
            ln -s ../../../outside d/extra/deep/link; rm now-a-file; mkdir now-a-file; echo x > now-a-file/x; rmdir now-a-directory
            echo x > now-a-directory; echo x > kept/key; mkfifo d/e/pipe
            """);
        string before = TreeListing.Run(fixture.Root, "find target outside | sort");
        RestoreOptions options = fixture.Options() with { Delete = true, Kept = [ByteName.FromText(Path.Combine(fixture.Target, "kept"))] };

        (RestoreResult dry, RecordingRestoreObserver planned) = await fixture.RestoreAsync(options with { DryRun = true });
        Assert.Equal(before, TreeListing.Run(fixture.Root, "find target outside | sort"));
        (RestoreResult result, RecordingRestoreObserver seen) = await fixture.RestoreAsync(options);

        Assert.Empty(seen.Problems);
        Assert.Equal(dry.Deleted, result.Deleted);
        Assert.Equal(dry.Deleted, planned.Steps.Count(step => step.Action == RestoreAction.Delete));
        Assert.True(File.Exists(Path.Combine(fixture.Target, "kept", "key")));
        Assert.True(File.Exists(Path.Combine(outside, "precious")));
        _ = TreeListing.Run(fixture.Target, $"rm -r kept; touch -r '{fixture.Source}' .");
        Assert.Equal(TreeListing.Of(fixture.Source), TreeListing.Of(fixture.Target));
    }

    [Fact]
    public async Task Beside_the_paths_of_a_backup_and_under_what_is_mounted_nothing_is_removed()
    {
        Assert.SkipUnless(LocalMachine.UserId() == 0, "Only root can mount.");
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        fixture.Shell("echo 1 > f");
        await fixture.BackupAsync();
        string restored = Directory.CreateDirectory(fixture.Target + fixture.Source).FullName;
        _ = TreeListing.Run(restored, "echo x > extra; echo x > ../beside; mkdir mounted; mount -t tmpfs none mounted; echo x > mounted/x");
        try
        {
            (_, RecordingRestoreObserver seen) = await fixture.RestoreAsync(
                fixture.Options() with { PathInSnapshot = default, Delete = true });

            Assert.Empty(seen.Problems);
            Assert.False(File.Exists(Path.Combine(restored, "extra")));
            Assert.True(File.Exists(Path.Combine(restored, "../beside")));
            Assert.True(File.Exists(Path.Combine(restored, "mounted/x")));
            Assert.Contains("mounted", Assert.Single(seen.Notices).Message, StringComparison.Ordinal);
        }
        finally
        {
            _ = TreeListing.Run(restored, "umount mounted");
        }
    }

    [Fact]
    public async Task A_damaged_list_is_no_reason_to_remove_what_it_does_not_show()
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        await using (SnapshotBuilder builder = await SnapshotBuilder.StartAsync(fixture.Repository))
        {
            BlobId lost = new(new Hash256(1, 2, 3, 4));
            _ = await builder.CommitAsync(await builder.TreeAsync(SnapshotBuilder.Folder("d", lost)));
        }
        _ = Directory.CreateDirectory(Path.Combine(fixture.Target, "d", "precious"));
        (_, RecordingRestoreObserver seen) = await fixture.RestoreAsync(fixture.Options("/") with { Delete = true });
        Assert.Equal(["/d"], seen.Paths);
        Assert.True(Directory.Exists(Path.Combine(fixture.Target, "d", "precious")));
    }

    [Theory]
    [InlineData("*.txt", "", "a a/one.txt a/sub a/sub/two.txt five.txt")]
    [InlineData("a/", "*.bin", "a a/one.txt a/sub a/sub/two.txt")]
    [InlineData("", "sub", "a a/one.txt b b/three.bin empty five.txt")]
    [InlineData("sub/ !two.txt", "", "a a/sub a/sub/four.bin")]
    [InlineData("/SOURCE/b", "", "b b/three.bin")]
    [InlineData("nothing-like-it", "", "")]
    public async Task Patterns_choose_and_directories_on_the_way_are_made_only_for_something(string include, string exclude, string expected)
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        fixture.Shell("mkdir -p a/sub b empty; for f in a/one.txt a/sub/two.txt a/sub/four.bin b/three.bin five.txt; do echo $f > $f; done");
        await fixture.BackupAsync();
        ByteName[] Patterns(string text) => [.. text.Replace("SOURCE", fixture.Source[1..], StringComparison.Ordinal)
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(ByteName.FromText)];

        (_, RecordingRestoreObserver seen) = await fixture.RestoreAsync(
            fixture.Options() with { Includes = Patterns(include), Excludes = Patterns(exclude), Verify = true });

        Assert.Empty(seen.Problems);
        SortedDictionary<string, string> source = TreeListing.Of(fixture.Source);
        SortedDictionary<string, string> target = TreeListing.Of(fixture.Target);
        Assert.Equal(expected, string.Join(' ', target.Keys));
        Assert.All(target, entry => Assert.Equal(source[entry.Key], entry.Value));
    }

    [Fact]
    public async Task Several_paths_are_restored_with_their_absolute_paths_and_a_wrong_one_is_a_mistake()
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        fixture.Shell("mkdir -p a/sub ab c; echo 1 > a/sub/f; echo 2 > ab/f; echo 3 > c/f; echo 4 > c/g");
        await fixture.BackupAsync();
        RestoreOptions options = fixture.Options() with
        {
            PathInSnapshot = default,
            Paths = [ByteName.FromText(fixture.InSource("a")), ByteName.FromText(fixture.InSource("c/g/"))],
        };
        (_, RecordingRestoreObserver seen) = await fixture.RestoreAsync(options);
        Assert.Empty(seen.Problems);
        Assert.Equal(["a", "a/sub", "a/sub/f", "c", "c/g"], TreeListing.Of(fixture.Target + fixture.Source).Keys);

        _ = await Assert.ThrowsAsync<SnapshotNotFoundException>(
            () => fixture.RestoreAsync(options with { Paths = [ByteName.FromText(fixture.InSource("nope"))] }));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_target_in_any_state_becomes_the_snapshot_again(int seed)
    {
        Random random = new(seed);
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync(16 << 10);
        List<string> names = [];
        for (int i = 0; i < 60; i++)
        {
            string folder = Directory.CreateDirectory(fixture.InSource($"d{i % 7}/e{i % 3}")).FullName;
            byte[] content = new byte[random.Next(3) == 0 ? random.Next(400_000) : random.Next(2000)];
            random.NextBytes(content);
            await File.WriteAllBytesAsync(Path.Combine(folder, $"f{i}"), content, Token);
            names.Add($"d{i % 7}/e{i % 3}/f{i}");
        }
        fixture.Shell("ln d0/e0/f0 d1/linked; ln -s x d1/link; mkfifo d1/pipe");
        await fixture.BackupAsync();
        _ = await fixture.RestoreAndCompareAsync();
        foreach (string name in names)
        {
            string damage = random.Next(9) switch
            {
                0 => $"rm {name}",
                1 => $"truncate -s {random.Next(500_000)} {name}",
                2 => $"printf x | dd of={name} bs=1 seek={random.Next(400_000)} conv=notrunc status=none",
                3 => $"chmod 000 {name}; touch {name}-extra",
                4 => $"ln -f {name} d2/other{random.Next(100)}",
                5 => $"rm {name}; ln -s /etc/passwd {name}",
                6 => $"rm {name}; mkdir -p {name}/x/y",
                _ => ":",
            };
            _ = TreeListing.Run(fixture.Target, damage);
        }
        RestoreOptions options = fixture.Options() with { Delete = true, Verify = true, InPlace = seed == 2, OpenFilesMax = seed };
        (RestoreResult dry, _) = await fixture.RestoreAsync(options with { DryRun = true, Verify = false });
        RestoreResult result = await fixture.RestoreAndCompareAsync(options);
        Assert.Equal((dry.Files, dry.Deleted), (result.Files, result.Deleted));
        Assert.InRange(result.FetchedInBytes, 0, dry.FetchedInBytes * 2);
        Assert.Equal("", TreeListing.Run(fixture.Target, "find . -name '.ebla*'"));
    }

    [Fact]
    public async Task What_a_killed_run_has_left_of_a_large_file_is_gone_on_with()
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        byte[] content = RandomNumberGenerator.GetBytes(8 << 20);
        await File.WriteAllBytesAsync(fixture.InSource("large"), content, Token);
        await fixture.BackupAsync();
        _ = Directory.CreateDirectory(fixture.Target);
        StoredSnapshot stored = (await new SnapshotStore(fixture.Repository).LoadAsync(Token)).Find("latest");
        using (TargetDirectory directory = TargetDirectory.OpenOrCreateRoot(
            ByteName.FromText(fixture.Target), new ByteName(stored.Id.Value.ToArray())))
        using (TargetFile left = directory.CreateFile(ByteName.FromText("large"), content.Length))
        {
            left.WriteAt(0, content.AsSpan(0, 5 << 20));
            left.WriteAt(6 << 20, RandomNumberGenerator.GetBytes(1000));
            left.Leave();
        }
        _ = TreeListing.Run(fixture.Target, $"touch -r '{fixture.Source}' .");

        (RestoreResult result, RecordingRestoreObserver seen) = await fixture.RestoreAsync(
            fixture.Options() with { Overwrite = OverwriteRule.Never });

        Assert.Empty(seen.Problems);
        Assert.InRange(result.KeptInBytes, 4 << 20, 5 << 20);
        Assert.Equal(TreeListing.Of(fixture.Source), TreeListing.Of(fixture.Target));
    }
}
