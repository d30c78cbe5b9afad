using Ebla.FileSystems;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.FileSystems;

public sealed class LocalPathTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("//", "/")]
    [InlineData("/.", "/")]
    [InlineData("/..", "/")]
    [InlineData("/../../a", "/a")]
    [InlineData("/a/", "/a")]
    [InlineData("/a//b/./c", "/a/b/c")]
    [InlineData("/a/b/..", "/a")]
    [InlineData("/a/..", "/")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/a/b/../../c/.", "/c")]
    [InlineData("/...", "/...")]
    [InlineData("/.a/..b", "/.a/..b")]
    public void A_path_has_one_form(string path, string expected)
        => Assert.Equal(TestFolder.Name(expected), LocalPath.Normalize(TestFolder.Name(path)));

    [Fact]
    public void A_relative_path_starts_at_the_working_directory()
    {
        ByteName here = TestFolder.Name(TestFolder.Run("pwd", "-P"));
        Assert.Equal(here, LocalPath.MakeAbsolute(TestFolder.Name(".")));
        Assert.Equal(here, LocalPath.MakeAbsolute(default));
        Assert.Equal(here.Join(TestFolder.Name("x")), LocalPath.MakeAbsolute(TestFolder.Name("y/../x/")));
        Assert.Equal(TestFolder.Name("/x"), LocalPath.MakeAbsolute(TestFolder.Name("//x")));
    }

    [Fact]
    public void Bytes_that_are_no_text_pass_through()
    {
        ByteName path = new([(byte)'/', 0xFF, (byte)'/', 0xC3, (byte)'\n']);
        Assert.Equal(path, LocalPath.MakeAbsolute(path));
        Assert.Equal([new ByteName([0xFF]), new ByteName([0xC3, (byte)'\n'])], LocalPath.Split(path));
        Assert.Empty(LocalPath.Split(TestFolder.Name("/")));
    }

    [Fact]
    public void A_relative_path_has_no_form_of_its_own()
        => Assert.Throws<ArgumentException>(() => LocalPath.Normalize(TestFolder.Name("a")));
}
