using Ebla.FileSystems;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.FileSystems;

public sealed class TargetFileTests
{
    private static readonly ByteName Name = TestFolder.Name("file");
    private static readonly UnixTime Time = new(1_234_567_890, 123_456_789);

    [Theory]
    [MemberData(nameof(TestFolder.Roots), MemberType = typeof(TestFolder))]
    public async Task Pieces_written_in_any_order_from_several_threads_make_the_file_and_holes_stay_holes(string root)
    {
        using TestFolder folder = new(root);
        const int PieceCount = 64;
        const int PieceSize = 10_000;
        byte[] content = new byte[PieceCount * PieceSize];
        new Random(5).NextBytes(content);
        content.AsSpan(20 * PieceSize, 30 * PieceSize).Clear();
        using (TargetFile file = folder.Target.CreateFile(Name, content.Length))
        {
            Assert.Equal(content.Length, file.Stat().SizeInBytes);
            int[] order = [.. Enumerable.Range(0, PieceCount).Where(piece => piece is < 20 or >= 50).Reverse()];
            await Parallel.ForEachAsync(order, TestContext.Current.CancellationToken, (piece, _) =>
            {
                file.WriteAt((long)piece * PieceSize, content.AsSpan(piece * PieceSize, PieceSize));
                return ValueTask.CompletedTask;
            });
            file.Sync();
            file.Commit();
        }
        folder.Target.Sync();
        Assert.Equal(content, await File.ReadAllBytesAsync(folder["file"], TestContext.Current.CancellationToken));
        Assert.InRange(folder.Source.Stat(Name.Span).AllocatedSizeInBytes, 1, content.Length - 20 * PieceSize);
    }

    [Fact]
    public void A_new_file_has_no_name_before_it_is_whole_and_is_private_until_its_metadata_are_set()
    {
        using TestFolder folder = new();
        using TargetFile file = folder.Target.CreateFile(Name, 0);
        Assert.Equal([folder.Target.TemporaryNameOf(Name)], folder.Names());
        Assert.Equal(Convert.ToInt32("600", 8), file.Stat().Mode);
        file.Commit();
        Assert.Equal([Name], folder.Names());
    }

    [Fact]
    public void What_a_killed_run_left_is_replaced_or_gone_on_with_but_other_peoples_files_are_not()
    {
        using TestFolder folder = new();
        ByteName temporary = folder.Target.TemporaryNameOf(Name);
        using (TargetFile left = folder.Target.CreateFile(Name, 100))
        {
            left.WriteAt(50, "half"u8);
            left.Leave();
        }
        Assert.Equal([temporary], folder.Names());
        using (TargetFile again = folder.Target.TryOpenTemporary(Name)!)
        {
            byte[] read = new byte[4];
            Assert.Equal(4, again.ReadAt(50, read));
            Assert.Equal("half"u8.ToArray(), read);
            again.Leave();
        }
        folder.Write(Name, "whole"u8);
        Assert.Equal([Name], folder.Names());

        File.CreateSymbolicLink(folder[temporary.ToString()], folder["file"]);
        Assert.Null(folder.Target.TryOpenTemporary(Name));
        File.Delete(folder[temporary.ToString()]);
        folder.Target.CreateHardLink(folder.Target, Name, temporary);
        Assert.Null(folder.Target.TryOpenTemporary(Name));
        Assert.Equal("whole", File.ReadAllText(folder["file"]));
    }

    [Theory]
    [MemberData(nameof(TestFolder.Roots), MemberType = typeof(TestFolder))]
    public void An_existing_file_is_replaced_on_commit_and_not_before(string root)
    {
        using TestFolder folder = new(root);
        folder.Write("file", "old");
        using (TargetFile file = folder.Target.CreateFile(Name, 0))
        {
            file.WriteAt(0, "new and longer"u8);
            Assert.Equal("old", File.ReadAllText(folder["file"]));
            Assert.Equal(2, folder.Names().Count);
            file.Commit();
        }
        Assert.Equal("new and longer", File.ReadAllText(folder["file"]));
        Assert.Equal([Name], folder.Names());
    }

    [Fact]
    public void What_is_not_committed_is_removed_and_the_old_file_stays()
    {
        using TestFolder folder = new();
        folder.Target.CreateFile(Name, 100).Dispose();
        Assert.Empty(folder.Names());
        folder.Write("file", "old");
        folder.Target.CreateFile(Name, 100).Dispose();
        Assert.Equal("old", File.ReadAllText(folder["file"]));
        Assert.Equal([Name], folder.Names());
    }

    [Fact]
    public void What_another_program_put_in_the_place_of_an_unfinished_file_stays()
    {
        using TestFolder folder = new();
        using (folder.Target.CreateFile(Name, 0))
        {
            folder.Write("theirs", "theirs");
            File.Move(folder["theirs"], folder[folder.Target.TemporaryNameOf(Name).ToString()], overwrite: true);
        }
        Assert.Equal("theirs", File.ReadAllText(folder[folder.Target.TemporaryNameOf(Name).ToString()]));
    }

    [Fact]
    public void A_link_in_the_place_of_a_file_is_replaced_and_never_written_through()
    {
        using TestFolder folder = new();
        folder.Write("victim", "victim");
        File.CreateSymbolicLink(folder["file"], "victim");
        File.CreateSymbolicLink(folder["dangling"], "not-there");
        folder.Write(Name, "content"u8);
        folder.Write(TestFolder.Name("dangling"), "content"u8);
        Assert.Equal("victim", File.ReadAllText(folder["victim"]));
        Assert.Equal(FileType.Regular, folder.Source.Stat(Name.Span).Type);
        Assert.Equal([TestFolder.Name("dangling"), Name, TestFolder.Name("victim")], folder.Names());
    }

    [Fact]
    public void Other_names_of_a_replaced_file_keep_its_content()
    {
        using TestFolder folder = new();
        folder.Write("other", "old");
        folder.Target.CreateHardLink(folder.Target, TestFolder.Name("other"), Name);
        folder.Write(Name, "new"u8);
        Assert.Equal("old", File.ReadAllText(folder["other"]));
        Assert.Equal("new", File.ReadAllText(folder["file"]));
    }

    [Fact]
    public void A_directory_that_came_in_the_way_meanwhile_is_an_error_at_commit_and_nothing_is_left()
    {
        using TestFolder folder = new();
        folder.Write("file", "old");
        using (TargetFile file = folder.Target.CreateFile(Name, 0))
        {
            File.Delete(folder["file"]);
            Directory.CreateDirectory(folder["file"]);
            Assert.Equal(Posix.EISDIR, Assert.Throws<FileSystemException>(file.Commit).Errno);
        }
        Assert.Equal([Name], folder.Names());
    }

    [Fact]
    public void A_file_is_committed_once_and_not_used_afterwards()
    {
        using TestFolder folder = new();
        using TargetFile file = folder.Target.CreateFile(Name, 0);
        file.Commit();
        Assert.Throws<ObjectDisposedException>(file.Commit);
        Assert.Throws<ObjectDisposedException>(() => file.WriteAt(0, "x"u8));
        Assert.Throws<ObjectDisposedException>(file.Sync);
    }

    [Fact]
    public void A_write_that_does_not_fit_is_an_error()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full");
        using TargetDirectory dev = TargetDirectory.OpenOrCreateRoot(TestFolder.Name("/dev"));
        int descriptor = Posix.OpenAt(dev, "full"u8, Posix.O_WRONLY);
        using TargetFile full = new(descriptor, dev, TestFolder.Name("not-there"), default);
        FileSystemException error = Assert.Throws<FileSystemException>(() => full.WriteAt(0, "x"u8));
        Assert.Equal("cannot write /dev/not-there: No space left on device", error.Message);
    }

    [Theory]
    [MemberData(nameof(TestFolder.Roots), MemberType = typeof(TestFolder))]
    public void Set_id_bits_and_nanosecond_times_survive_the_change_of_owner(string root)
    {
        using TestFolder folder = new(root);
        bool isRoot = LocalMachine.UserId() == 0;
        FileMetadata own = folder.Source.Stat();
        TargetMetadata metadata = new()
        {
            UserId = isRoot ? 1234 : own.UserId,
            GroupId = isRoot ? 4321 : own.GroupId,
            Mode = Convert.ToInt32("6755", 8),
            ModifiedTime = Time,
            AccessedTime = new UnixTime(-1_000_000, 1),
        };
        using (TargetFile file = folder.Target.CreateFile(Name, 0))
        {
            file.WriteAt(0, "#!/bin/sh"u8);
            Assert.Equal(default, file.SetMetadata(metadata));
            file.Commit();
        }
        FileMetadata actual = folder.Source.Stat(Name.Span);
        Assert.Equal(metadata.UserId, actual.UserId);
        Assert.Equal(metadata.GroupId, actual.GroupId);
        Assert.Equal(metadata.Mode, actual.Mode);
        Assert.Equal(metadata.ModifiedTime, actual.ModifiedTime);
        Assert.Equal(metadata.AccessedTime, actual.AccessedTime);
    }

    [Fact]
    public void Each_file_gets_its_owner_though_most_need_no_call_for_it()
    {
        // Goal: what is known of the first new file in a directory is not believed of files to which it does not apply.
        Assert.SkipUnless(LocalMachine.UserId() == 0, "Only root gives files away");
        using TestFolder folder = new();
        uint[] owners = [0, 1, 0, 2, 1];
        MakeAll("before");
        // From now on new files belong to group 7, whatever the process has.
        TargetMetadata setGroupId = new() { UserId = 0, GroupId = 7, Mode = Convert.ToInt32("2755", 8), ModifiedTime = Time };
        Assert.True(folder.Target.SetMetadata(setGroupId).IsComplete);
        MakeAll("after");

        void MakeAll(string prefix)
        {
            for (int index = 0; index < owners.Length; index++)
            {
                ByteName name = TestFolder.Name($"{prefix}{index}");
                using TargetFile file = folder.Target.CreateFile(name, 0);
                TargetMetadata metadata = new()
                {
                    UserId = owners[index],
                    GroupId = owners[index],
                    Mode = 0,
                    ModifiedTime = Time,
                };
                Assert.True(file.SetMetadata(metadata).IsComplete);
                file.Commit();
                FileMetadata actual = folder.Source.Stat(name.Span);
                Assert.Equal((owners[index], owners[index]), (actual.UserId, actual.GroupId));
            }
        }
    }

    [Fact]
    public void An_ordinary_user_gets_the_content_and_is_told_what_could_not_be_set()
    {
        using TestFolder folder = new();
        folder.SetMode("", "777");
        OrdinaryUser.Run(() =>
        {
            using TargetFile file = folder.Target.CreateFile(Name, 0);
            file.WriteAt(0, "content"u8);
            FileMetadata own = file.Stat();
            TargetMetadata metadata = new()
            {
                UserId = own.UserId + 1,
                GroupId = own.GroupId + 1,
                Mode = Convert.ToInt32("6755", 8),
                ModifiedTime = Time,
            };
            MetadataOutcome outcome = file.SetMetadata(metadata);
            Assert.Equal(MetadataProblems.User | MetadataProblems.Group | MetadataProblems.Mode, outcome.Problems);
            Assert.Equal(Posix.EPERM, outcome.Errno);
            // Their set-id program must not become one of ours.
            Assert.Equal(Convert.ToInt32("755", 8), file.Stat().Mode);
            Assert.Equal(Time, file.Stat().ModifiedTime);

            outcome = file.SetMetadata(metadata with { UserId = own.UserId, GroupId = own.GroupId });
            Assert.True(outcome.IsComplete);
            Assert.Equal(Convert.ToInt32("6755", 8), file.Stat().Mode);
            file.Commit();
        });
        Assert.Equal("content", File.ReadAllText(folder["file"]));
    }

    [Fact]
    public void A_set_group_id_bit_that_the_system_drops_in_silence_is_told()
    {
        Assert.SkipUnless(LocalMachine.UserId() == 0, "Only root makes a folder of a group that the user is not in");
        using TestFolder folder = new();
        folder.SetMode("", "2777"); // Root's group goes on to what is made inside.
        OrdinaryUser.Run(() =>
        {
            using TargetFile file = folder.Target.CreateFile(Name, 0);
            TargetMetadata metadata = new()
            {
                UserId = OrdinaryUser.Id,
                GroupId = 0,
                Mode = Convert.ToInt32("2755", 8),
                ModifiedTime = Time,
            };
            Assert.Equal(new MetadataOutcome(MetadataProblems.Mode, 0), file.SetMetadata(metadata));
        });
    }

    [Fact]
    public void Owners_that_are_not_wanted_or_cannot_be_are_left_and_give_no_set_id_bits()
    {
        using TestFolder folder = new();
        using TargetFile file = folder.Target.CreateFile(Name, 0);
        FileMetadata own = file.Stat();
        TargetMetadata metadata = new() { Mode = Convert.ToInt32("6711", 8), ModifiedTime = Time };
        Assert.Equal(new MetadataOutcome(MetadataProblems.Mode, 0), file.SetMetadata(metadata));
        Assert.Equal(Convert.ToInt32("711", 8), file.Stat().Mode);
        Assert.Equal((own.UserId, own.GroupId), (file.Stat().UserId, file.Stat().GroupId));

        metadata = metadata with { UserId = uint.MaxValue, GroupId = own.GroupId };
        Assert.Equal(
            new MetadataOutcome(MetadataProblems.User | MetadataProblems.Mode, Posix.EINVAL), file.SetMetadata(metadata));
        Assert.Equal(Convert.ToInt32("2711", 8), file.Stat().Mode);
        Assert.Equal(own.UserId, file.Stat().UserId);
    }
}
