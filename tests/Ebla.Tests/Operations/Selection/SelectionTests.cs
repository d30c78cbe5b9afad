using Ebla.FileSystems;
using Ebla.Operations.Backups.Selection;
using Ebla.Operations.Patterns;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Operations.Selection;

/// <summary>Decisions alone: no file is touched.</summary>
public sealed class SelectionTests
{
    private const ulong Home = 1;
    private const ulong Elsewhere = 2;

    [Fact]
    public void The_command_line_is_stronger_than_ignore_files_and_a_near_one_stronger_than_a_far_one()
    {
        SourceSelection selection = Select(new SelectionOptions { Rules = [Exclude("c"), Include("d")] }, "/s");
        SelectionScope top = selection.EnterNamed(Name("/s"), Directory(), Marks("/s", "a\nb\n!c\nd\n"));
        SelectionScope sub = top.Enter("x"u8, Directory(), Marks("/s/x", "!a\n/e\n"));
        SelectionScope below = sub.Enter("y"u8, Directory(), DirectoryMarks.None);

        Assert.Equal("/s/.eblaignore:1", top.Decide("a"u8, File()).Rule!.Origin);
        Assert.True(sub.Decide("a"u8, File()).IsTaken);
        Assert.True(below.Decide("a"u8, File()).IsTaken);
        Assert.False(below.Decide("b"u8, File()).IsTaken);
        Assert.Equal("test", below.Decide("c"u8, File()).Rule!.Origin);
        Assert.True(below.Decide("d"u8, File()).IsTaken);
        Assert.False(sub.Decide("e"u8, File()).IsTaken);
        Assert.True(below.Decide("e"u8, File()).IsTaken);
    }

    [Fact]
    public void A_path_that_was_named_is_met_by_names_and_whole_paths_and_the_folders_above_it_by_whole_paths_only()
    {
        static SelectionCause Cause(string path, params PatternRule[] rules)
            => Select(new SelectionOptions { Rules = rules }, path).DecideNamed(Name(path), Directory()).Cause;

        Assert.Equal(SelectionCause.Pattern, Cause("/home/guest", Exclude("guest")));
        Assert.Equal(SelectionCause.Pattern, Cause("/home/guest", Exclude("/home/guest")));
        Assert.Equal(SelectionCause.Pattern, Cause("/home/guest/x", Exclude("/home/guest")));
        Assert.Equal(SelectionCause.Pattern, Cause("/home/guest/x/y", Exclude("/home/*/")));
        Assert.Equal(SelectionCause.None, Cause("/home/guest/x", Exclude("/home/guest"), Include("/home/guest")));
        Assert.Equal(SelectionCause.None, Cause("/home/guest/x", Exclude("guest")));
        Assert.Equal(SelectionCause.None, Cause("/home/guest/x", Exclude("guest/x")));
        Assert.Equal(SelectionCause.None, Cause("/", Exclude("*")));
        Assert.Equal(SelectionCause.None, Cause("/home/guest", Exclude("*"), Include("*.c")));
        Assert.Equal(SelectionCause.Pattern, Cause("/home/guest", Exclude("/home/*")));
    }

    [Fact]
    public void Patterns_of_the_command_line_hold_below_the_root_of_the_file_system_too()
    {
        SourceSelection selection = Select(new SelectionOptions { Rules = [Exclude("/proc"), Exclude("var/tmp")] }, "/");
        SelectionScope root = selection.EnterNamed(Name("/"), Directory(), DirectoryMarks.None);
        Assert.False(root.Decide("proc"u8, Directory()).IsTaken);
        SelectionScope var = root.Enter("var"u8, Directory(), DirectoryMarks.None);
        Assert.False(var.Decide("tmp"u8, Directory()).IsTaken);
        Assert.True(var.Decide("proc"u8, Directory()).IsTaken);
    }

    [Fact]
    public void A_limit_of_size_is_about_regular_files_and_the_size_itself_is_allowed()
    {
        SelectionScope scope = Scope(new SelectionOptions { FileSizeInBytesMax = 100 });
        Assert.True(scope.Decide("a"u8, File(100)).IsTaken);
        Assert.Equal(SelectionCause.Size, scope.Decide("a"u8, File(101)).Cause);
        Assert.True(scope.Decide("a"u8, Directory() with { SizeInBytes = 4096 }).IsTaken);
        Assert.True(scope.Decide("a"u8, File(101) with { Type = FileType.SymbolicLink }).IsTaken);
    }

    [Fact]
    public void What_has_the_no_dump_attribute_is_left_out_if_wanted()
    {
        Assert.Equal(
            SelectionCause.NoDump, Scope(new SelectionOptions { SkipsNoDump = true }).Decide("a"u8, File() with { HasNoDumpFlag = true }).Cause);
        Assert.True(Scope(new SelectionOptions()).Decide("a"u8, File() with { HasNoDumpFlag = true }).IsTaken);
    }

    [Fact]
    public void Of_a_cache_the_tag_alone_is_taken()
    {
        SourceSelection selection = Select(new SelectionOptions { ExcludesCaches = true }, "/s");
        SelectionScope cache = selection.EnterNamed(Name("/s"), Directory(), new DirectoryMarks([], IsCache: true));
        Assert.True(cache.Decide("CACHEDIR.TAG"u8, File()).IsTaken);
        Assert.Equal(SelectionCause.Cache, cache.Decide("data"u8, File()).Cause);
        Assert.Equal(SelectionCause.Cache, cache.Decide("folder"u8, Directory()).Cause);
    }

    [Fact]
    public void The_root_of_another_file_system_is_taken_empty_unless_it_was_named()
    {
        SelectionOptions options = new() { StaysOnFileSystem = true };
        SourceSelection selection = Select(options, "/s", "/s/named");
        SelectionScope scope = selection.EnterNamed(Name("/s"), Directory(), DirectoryMarks.None);
        FileMetadata mounted = Directory() with { Device = Elsewhere };

        SelectionVerdict verdict = scope.Decide("mnt"u8, mounted);
        Assert.True(verdict is { IsTaken: true, IsEmptied: true, Cause: SelectionCause.FileSystem });
        Assert.False(scope.Decide("here"u8, Directory()).IsEmptied);
        // A layered file system gives files other numbers than their folder; they are no mount points.
        Assert.False(scope.Decide("file"u8, File() with { Device = Elsewhere }).IsEmptied);

        Assert.False(scope.Decide("named"u8, mounted).IsEmptied);
        SelectionScope named = scope.Enter("named"u8, mounted, DirectoryMarks.None);
        Assert.False(named.Decide("sub"u8, mounted).IsEmptied);
        Assert.True(named.Decide("sub"u8, Directory()).IsEmptied);
        Assert.False(Scope(new SelectionOptions()).Decide("mnt"u8, mounted).IsEmptied);
    }

    [Fact]
    public void A_directory_that_was_left_does_not_change_what_its_path_is_for_the_next()
    {
        SourceSelection selection = Select(new SelectionOptions { Rules = [Exclude("/s/b/x"), Exclude("long/er/x")] }, "/s");
        SelectionScope top = selection.EnterNamed(Name("/s"), Directory(), DirectoryMarks.None);
        SelectionScope longer = top.Enter("long"u8, Directory(), DirectoryMarks.None).Enter("er"u8, Directory(), DirectoryMarks.None);
        Assert.False(longer.Decide("x"u8, File()).IsTaken);
        SelectionScope b = top.Enter("b"u8, Directory(), DirectoryMarks.None);
        Assert.False(b.Decide("x"u8, File()).IsTaken);
        Assert.True(b.Decide(new byte[255], File()).IsTaken);
        Assert.True(top.Decide("x"u8, File()).IsTaken);
    }

    [Fact]
    public void Fifty_thousand_directories_cost_their_names_only()
    {
        SourceSelection selection = Select(new SelectionOptions { Rules = [Exclude("/s/*/no"), Exclude("**/d/no")] }, "/s");
        SelectionScope scope = selection.EnterNamed(Name("/s"), Directory(), DirectoryMarks.None);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        List<SelectionScope> way = [];
        for (int i = 0; i < 50_000; i++)
        {
            scope = scope.Enter("d"u8, Directory(), DirectoryMarks.None);
            way.Add(scope);
        }
        Assert.False(scope.Decide("no"u8, File()).IsTaken);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 16 << 20);
        Assert.Equal(50_000, way.Count);
    }

    private static SelectionScope Scope(SelectionOptions options)
        => Select(options, "/s").EnterNamed(Name("/s"), Directory(), DirectoryMarks.None);

    private static SourceSelection Select(SelectionOptions options, params string[] named)
        => new(options, ExcludedFolders.Of([]), named.Select(Name));

    private static DirectoryMarks Marks(string folder, string ignoreFile) => new(
        PatternRule.ReadFile(Name($"{folder}/.eblaignore"), System.Text.Encoding.UTF8.GetBytes(ignoreFile), mayBeAbsolute: false), false);

    private static PatternRule Exclude(string pattern) => PatternRule.Exclude(Name(pattern), "test");

    private static PatternRule Include(string pattern) => PatternRule.Include(Name(pattern), "test");

    private static ByteName Name(string text) => ByteName.FromText(text);

    private static FileMetadata Directory() => File() with { Type = FileType.Directory };

    private static FileMetadata File(long sizeInBytes = 0) => new()
    {
        Type = FileType.Regular,
        Mode = 0,
        UserId = 0,
        GroupId = 0,
        SizeInBytes = sizeInBytes,
        AllocatedSizeInBytes = 0,
        ModifiedTime = default,
        ChangedTime = default,
        AccessedTime = default,
        Inode = 1,
        Device = Home,
        LinkCount = 1,
        DeviceNumber = default,
        HasNoDumpFlag = false,
    };
}
