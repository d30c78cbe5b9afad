using Ebla.Backends;
using Ebla.Backends.Locations;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Backends.Http;

public sealed class HttpLocationTests
{
    [Theory]
    [InlineData("dav://host/a/b", "dav://host/a/b")]
    [InlineData("dav://host", "dav://host")]
    [InlineData("davs://me@host:8443/a/", "davs://me@host:8443/a")]
    [InlineData("davs://me%40here@host/a b", "davs://me%40here@host/a%20b")]
    [InlineData("dav://[::1]:8080/x", "dav://[::1]:8080/x")]
    [InlineData("rest+http://h:8000/", "rest+http://h:8000")]
    [InlineData("rest+https://u@h/r", "rest+https://u@h/r")]
    [InlineData("rest:https://u@h/r/", "rest+https://u@h/r")]
    [InlineData("rest:http://h/r", "rest+http://h/r")]
    [InlineData("rclone:remote:path/x", "rclone:remote:path/x")]
    [InlineData("rclone:/tmp/x", "rclone:/tmp/x")]
    public async Task A_location_is_shown_as_it_is_written(string text, string shown)
    {
        BackendLocation location = BackendLocation.Parse(text);
        Assert.Equal(shown, location.ToString());
        Assert.Equal(location, BackendLocation.Parse(shown));
        await using IBackend backend = location.Open(new BackendSettings());
        Assert.Equal(shown, backend.Location);
    }

    [Theory]
    [InlineData("dav://me:secret@host/a")]
    [InlineData("rest:https://me:secret@host/a")]
    public void A_password_is_refused_and_not_repeated(string text)
    {
        InvalidLocationException exception = Assert.Throws<InvalidLocationException>(() => BackendLocation.Parse(text));
        Assert.DoesNotContain("secret", exception.Message, StringComparison.Ordinal);
        Assert.Contains("EBLA_STORE_PASSWORD", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dav:")]
    [InlineData("dav:host/a")]
    [InlineData("dav://")]
    [InlineData("dav:///a")]
    [InlineData("davs://host:99999/a")]
    [InlineData("dav://host/a?b")]
    [InlineData("dav://host/a#b")]
    [InlineData("rest:ftp://host/a")]
    [InlineData("rest+http:host")]
    [InlineData("rest:")]
    [InlineData("rclone:")]
    [InlineData("rclone:--config=x")]
    [InlineData("rclone://remote/path")]
    public void What_is_no_location_is_refused(string text)
        => Assert.Throws<InvalidLocationException>(() => BackendLocation.Parse(text));

    [Theory]
    [InlineData("dav://host/", "dav.color")]
    [InlineData("rest+http://host/", "dav.insecure")]
    [InlineData("rclone:x:", "rest.ca-file")]
    [InlineData("davs://host/", "dav.ca-file")]
    public void An_option_that_is_unknown_or_wrong_is_refused(string text, string option)
        => Assert.Throws<InvalidLocationException>(() => BackendLocation.Parse(text).Open(
            new BackendSettings { Options = new Dictionary<string, string> { [option] = "/nonexistent" } }));
}
