using Ebla.Operations;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Operations;

public sealed class SnapshotPathTests
{
    [Theory]
    [InlineData("latest", "latest", "")]
    [InlineData("latest:web1", "latest:web1", "")]
    [InlineData("latest:/etc", "latest", "/etc")]
    [InlineData("latest:web1:/etc/", "latest:web1", "/etc")]
    [InlineData("0123abcd:/", "0123abcd", "/")]
    [InlineData("0123abcd:/a:/b", "0123abcd", "/a:/b")]
    [InlineData("latest:/a/../b//c/./d", "latest", "/b/c/d")]
    [InlineData("latest:/../../etc", "latest", "/etc")]
    [InlineData("", "", "")]
    public void A_path_begins_at_the_first_colon_before_a_slash(string text, string snapshot, string path)
    {
        SnapshotPath parsed = SnapshotPath.Parse(text);

        Assert.Equal(snapshot, parsed.Snapshot);
        Assert.Equal(ByteName.FromText(path), parsed.Path);
    }
}
