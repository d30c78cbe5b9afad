using System.Text;
using Ebla.FileSystems;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.FileSystems;

public sealed class VirtualFileTests
{
    private static readonly ByteName Name = ByteName.FromText("/proc/it");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_of_size_0_in_proc_is_read_whole()
    {
        using SourceDirectory proc = SourceDirectory.OpenRoot(ByteName.FromText("/proc/self"));
        using SourceFile file = proc.OpenFile(ByteName.FromText("status"));
        VirtualFileSystems virtualFiles = new();
        Assert.Equal(0, file.Metadata.SizeInBytes);
        Assert.True(virtualFiles.Hold(file, file.Metadata));
        Assert.True(virtualFiles.Hold(proc, file.Metadata));
        Assert.True(virtualFiles.IsTakenByReading(file, file.Metadata, ByteName.FromText("kmsg")));
        Assert.False(virtualFiles.IsTakenByReading(file, file.Metadata, ByteName.FromText("status")));
        using MemoryStream content = await VirtualFile.ReadAsync(file, Token);
        Assert.StartsWith("Name:", Encoding.UTF8.GetString(content.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_file_on_a_disk_is_no_virtual_one()
    {
        using TestFolder folder = new();
        folder.Write("file", "");
        using SourceFile file = folder.Source.OpenFile(TestFolder.Name("file"));
        Assert.False(new VirtualFileSystems().Hold(file, file.Metadata));
    }

    [Fact]
    public async Task A_read_that_never_returns_is_left_behind()
    {
        using ManualResetEventSlim end = new();
        FileSystemException refused = await Assert.ThrowsAsync<FileSystemException>(() => VirtualFile.ReadAsync(
            _ =>
            {
                end.Wait(Token);
                return 0;
            },
            () => Name, TimeSpan.FromMilliseconds(100), Token));
        Assert.Equal("cannot read /proc/it: nothing came for 0.1 seconds", refused.Message);
        Assert.False(refused.IsVanished);
        end.Set();
    }

    [Fact]
    public async Task A_file_without_end_is_refused_before_it_fills_the_memory()
    {
        FileSystemException refused = await Assert.ThrowsAsync<FileSystemException>(
            () => VirtualFile.ReadAsync(buffer => buffer.Length, () => Name, TimeSpan.FromSeconds(60), Token));
        Assert.Contains("more than 4 MiB", refused.Message, StringComparison.Ordinal);
    }
}
