using Ebla.Backends;
using Ebla.FileSystems;
using Ebla.Operations.Backups;
using Ebla.Operations.Checks;
using Ebla.Operations.Restores;
using Ebla.Primitives;
using Ebla.Tests.FileSystems;
using Ebla.Tests.Golden;
using Ebla.Trees;
using Xunit;

namespace Ebla.Tests.Operations.Restores;

/// <summary>Extended attributes, flags and access times through a backup and a restore, as other programs see them.</summary>
public sealed class AttributeRestoreTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_that_an_entry_has_comes_back()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root sets all of these.");
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        fixture.Shell("""
            printf content > file; setfattr -n user.a -v '' file; setfattr -n trusted.b -v 0x00ff file
            printf x > large; setfattr -n user.large -v "$(head -c 2500 /dev/zero | tr '\0' x)" large
            mkdir folder; setfattr -n user.large -v "$(head -c 2500 /dev/zero | tr '\0' y)" folder; printf x > folder/x
            printf x > capable; chown 1000:1000 capable; chmod 6755 capable; setcap cap_net_raw,cap_chown+ep capable
            mkdir listed; setfacl -m u:777:rwx -d -m g:778:rx listed; printf x > listed/own; printf x > listed/none; setfacl -b listed/none
            ln -s nowhere link; setfattr -h -n trusted.link -v x link
            mkfifo pipe; setfattr -n trusted.pipe -v x pipe; mknod device c 4095 70000; setfacl -m u:777:r device
            printf x > fixed; ln fixed fixed-too; chattr +iA fixed
            mkdir closed; printf x > closed/inside; mkdir closed/below; chattr +i closed closed/below
            printf x > log; chattr +ad log; mkdir appended; printf x > appended/one; chattr +aS appended
            """);
        try
        {
            string expected = GoldenRepository.Describe(fixture.Source);
            _ = await fixture.BackupAsync();
            RecordingRestoreObserver seen = (await fixture.RestoreAsync()).Seen;
            Assert.Empty(seen.Problems);
            Assert.Empty(seen.Notices);
            string restored = GoldenRepository.Describe(fixture.Target);
            Assert.Equal(expected.Split('\n').Skip(1), restored.Split('\n').Skip(1));
            Assert.Contains("iA  ./fixed-too", restored, StringComparison.Ordinal);
        }
        finally
        {
            _ = TreeListing.Run(fixture.Root, "chattr -R -f -i -a . || true");
        }
    }

    [Fact]
    public async Task A_second_restore_makes_directories_what_they_were_and_removes_what_was_added()
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        fixture.Shell("mkdir a b; setfattr -n user.a -v 1 a; setfacl -d -m u:777:rx b; printf x > b/x; setfattr -n user.x -v 1 b/x");
        _ = await fixture.BackupAsync();
        _ = await fixture.RestoreAndCompareAsync();
        string expected = GoldenRepository.Describe(fixture.Target);
        _ = TreeListing.Run(fixture.Target, """
            setfattr -n user.more -v 2 a; setfattr -n user.a -v 2 a; setfacl -b b; setfacl -m u:779:r b/x; chattr +d a b/x
            setfattr -x user.x b/x
            """);
        Assert.NotEqual(expected, GoldenRepository.Describe(fixture.Target));
        _ = await fixture.RestoreAndCompareAsync();
        Assert.Equal(expected.Split('\n').Skip(1), GoldenRepository.Describe(fixture.Target).Split('\n').Skip(1));
    }

    [Fact]
    public async Task Access_times_are_restored_on_demand_and_changes_of_them_alone_store_nothing()
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        fixture.Shell("""
            mkdir folder; printf content > folder/file; ln -s file folder/link; mkfifo folder/pipe
            touch -h -a -d '2001-02-03 04:05:06.123456789Z' folder/file folder/link folder/pipe folder .
            """);
        string before = AccessTimes(fixture.Source);
        _ = await fixture.BackupAsync();
        fixture.Shell("cat folder/file; readlink folder/link; ls folder .");
        Assert.SkipWhen(before == AccessTimes(fixture.Source), "This file system keeps no access times.");
        BackupResult second = await fixture.BackupAsync();
        Assert.InRange(second.AddedInBytes, 0, 4000); // The folders above the source are other programs' too.
        Assert.Equal(1, second.FilesUnmodified);

        _ = await fixture.RestoreAsync(fixture.Options() with { AccessTimes = true });
        Assert.Equal(before, AccessTimes(fixture.Target));
        Assert.Equal(4, before.Split('\n').Count(line => line.Contains("2001-02-03 04:05:06.123456789", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("setfattr -n user.a -v 2 folder", "getfattr -d -m user folder", "user.a=\"2\"")]
    [InlineData("setfattr -x user.a folder", "getfattr -d -m user folder", "")]
    [InlineData("setfattr -n user.a -v \"$(head -c 2000 /dev/zero | tr '\\0' y)\" folder", "getfattr -d -m user folder", "yyyy")]
    [InlineData("setfacl -m u:777:rx folder", "getfacl -n folder", "user:777:r-x")]
    [InlineData("chattr +d folder", "lsattr -d folder", "d")]
    [InlineData("setfattr -n user.b -v 2 folder/file", "getfattr -d -m user folder/file", "user.b=\"2\"")]
    [InlineData("setfacl -m u:777:rw pipe", "getfacl -n pipe", "user:777:rw-")]
    public async Task What_changed_since_the_previous_backup_is_seen(string change, string look, string expected)
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        fixture.Shell("mkdir folder; setfattr -n user.a -v 1 folder; printf content > folder/file; mkfifo pipe");
        _ = await fixture.BackupAsync();
        fixture.Shell(change);
        _ = await fixture.BackupAsync();
        _ = await fixture.BackupAsync();
        _ = await fixture.RestoreAndCompareAsync();
        string seen = TreeListing.Run(fixture.Target, look);
        Assert.Contains(expected, seen, StringComparison.Ordinal);
        Assert.Equal(TreeListing.Run(fixture.Source, look), seen);
    }

    [Fact]
    public async Task Large_sets_are_stored_once_and_are_part_of_what_a_snapshot_needs()
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        fixture.Shell("""
            mkdir a b
            for entry in a b a/x b/y b/z; do
                [ -d $entry ] || : > $entry
                setfattr -n user.large -v "$(head -c 2500 /dev/zero | tr '\0' x)" $entry
            done
            """);
        BackupResult first = await fixture.BackupAsync();
        BackupResult second = await fixture.BackupAsync();
        Assert.InRange(first.AddedInBytes, 2500, 2 * 2500);
        Assert.InRange(second.AddedInBytes, 0, 2000);
        CheckResult check = await CheckAsync(fixture);
        Assert.Empty(check.Findings);

        // Files are empty, so the packs of contents hold these alone. Without them, each entry is named once.
        await foreach (ObjectInfo info in fixture.Backend.ListAsync(ObjectKind.Pack, Token))
        {
            byte[] pack = new byte[info.SizeInBytes];
            Assert.True(await fixture.Backend.GetAsync(info.Name, 0, pack, null, Token));
            await fixture.Backend.DeleteAsync(info.Name, Token);
            (_, RecordingRestoreObserver seen) = await TryRestoreAsync(fixture);
            if (seen.Problems.Count == 5 && seen.Problems.All(problem => problem.Message.Contains("attributes", StringComparison.Ordinal)))
            {
                check = await CheckAsync(fixture);
                Assert.Equal(1, check.BlobsLost);
                string[] affected = [.. check.AffectedPaths.Select(path => path.Path.ToString()).Distinct().Order()];
                Assert.Equal(((string[])["a", "a/x", "b", "b/y", "b/z"]).Select(fixture.InSource), affected);
                return;
            }
            await fixture.Backend.PutAsync(info.Name, new(pack), Token);
        }
        Assert.Fail("No pack held the attributes.");
    }

    [Fact]
    public async Task Attributes_that_are_lost_are_reported_and_the_rest_is_restored()
    {
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        await using (SnapshotBuilder builder = await SnapshotBuilder.StartAsync(fixture.Repository))
        {
            ContentPiece lost = new(BlobId.Read(Packs.PackFixture.Noise(1, 32)), 2000);
            ContentPiece wrong = await builder.ChunkAsync(new string('x', 2000));
            ContentPiece chunk = await builder.ChunkAsync("content");
            Node file = SnapshotBuilder.File("", chunk);
            _ = await builder.CommitAsync(await builder.TreeAsync(
                SnapshotBuilder.Folder("a", await builder.TreeAsync(
                    SnapshotBuilder.File("x", chunk), SnapshotBuilder.File("y", chunk) with { ExtendedAttributeContent = [wrong] })),
                SnapshotBuilder.Folder("b", await builder.TreeAsync()) with { ExtendedAttributeContent = [lost] },
                file with { Name = ByteName.FromText("c"), ExtendedAttributeContent = [lost] },
                file with { Name = ByteName.FromText("d"), Content = [], SizeInBytes = 0, ExtendedAttributeContent = [wrong] }));
        }

        (_, RecordingRestoreObserver seen) = await fixture.RestoreAsync(fixture.Options("/"));

        Assert.Equal(["/a/y", "/b", "/c", "/d"], seen.Paths.Order());
        Assert.All(seen.Problems, problem => Assert.Contains("extended attributes", problem.Message, StringComparison.Ordinal));
        Assert.Equal(["a", "a/x", "a/y", "b", "c", "d"], TreeListing.Of(fixture.Target).Keys);
    }

    [Fact]
    public async Task More_attributes_than_can_be_kept_are_reported_and_as_many_as_can_be_are_kept()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && Directory.Exists("/dev/shm"), "Only root has large attributes, in memory.");
        const int Count = 300; // Of 64 KiB each; 16 MiB are the limit.
        using TestFolder source = new("/dev/shm");
        using TestFolder target = new("/dev/shm");
        await using RestoreFixture fixture = await RestoreFixture.CreateAsync();
        List<ExtendedAttribute> set = [];
        byte[] value = new byte[64 << 10];
        new Random(1).NextBytes(value);
        for (int i = 0; i < Count; i++)
        {
            value[0] = (byte)(i & 0xFF);
            set.Add(new ExtendedAttribute(ByteName.FromText($"trusted.{i:D4}"), value.ToArray()));
        }
        using (TargetFile file = source.Target.CreateFile(ByteName.FromText("file"), 0))
        {
            TargetMetadata metadata = new() { Mode = 0x1A4, ModifiedTime = new UnixTime(1, 0), ExtendedAttributes = set };
            Assert.True(file.SetMetadata(metadata).IsComplete);
            file.Commit();
        }
        for (int run = 0; run < 2; run++)
        {
            RecordingObserver observer = new();
            BackupOptions options = new() { Paths = [ByteName.FromText(source.FullName)] };
            BackupResult result = await BackupOperation.RunAsync(fixture.Repository, options, observer, Token);
            Assert.Equal(1, result.Errors);
            Assert.Equal(ByteName.FromText(source["file"]), Assert.Single(observer.Problems).Path);
        }
        RestoreOptions restore = fixture.Options(source.FullName) with { Target = ByteName.FromText(target.FullName) };
        (RestoreResult restored, _) = await fixture.RestoreAsync(restore);
        Assert.Equal(0, restored.Errors);
        using SourceFile opened = target.Source.OpenFile(ByteName.FromText("file"));
        IReadOnlyList<ExtendedAttribute> read = new AttributeReader().Read(opened, opened.Metadata).Extended;
        Assert.InRange(read.Count, 250, 256);
        Assert.Equal(set.Take(read.Count), read);
    }

    private static Task<CheckResult> CheckAsync(RestoreFixture fixture)
        => CheckOperation.RunAsync(fixture.Repository, new CheckOptions { ReadData = true }, new SilentCheck(), Token);

    private static async Task<(RestoreResult? Result, RecordingRestoreObserver Seen)> TryRestoreAsync(RestoreFixture fixture)
    {
        try
        {
            return await fixture.RestoreAsync();
        }
        catch (Exception exception) when (exception is MissingObjectException or SnapshotNotFoundException)
        {
            return (null, new RecordingRestoreObserver()); // It was the pack of the trees.
        }
    }

    private sealed class SilentCheck : ICheckObserver
    {
        public void Started(CheckCounters counters)
        {
        }

        public void Found(CheckFinding finding)
        {
        }
    }

    // By name, since to list a folder is an access.
    private static string AccessTimes(string folder)
        => TreeListing.Run(folder, "stat -c '%n %x' folder folder/file folder/link folder/pipe");
}
