using Ebla.Backends.Locations;
using Ebla.Backends.Sftp;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Backends.Sftp;

public sealed class SftpLocationTests
{
    [Theory]
    [InlineData("sftp://host/srv/repo", "host", null, null, "/srv/repo")]
    [InlineData("sftp://me@host:2222/srv/repo/", "host", "me", 2222, "/srv/repo")]
    [InlineData("sftp://host//srv/repo", "host", null, null, "/srv/repo")]
    [InlineData("sftp://host/~/repo", "host", null, null, "repo")]
    [InlineData("sftp://me@realm@host/repo", "host", "me@realm", null, "/repo")]
    [InlineData("sftp://[fe80::1%eth0]:22/repo", "fe80::1%eth0", null, 22, "/repo")]
    [InlineData("sftp://host/a%20b/%C3%BC", "host", null, null, "/a b/ü")]
    [InlineData("sftp://host/ü b", "host", null, null, "/ü b")]
    [InlineData("sftp:alias:repo", "alias", null, null, "repo")]
    [InlineData("sftp:alias:/srv/repo", "alias", null, null, "/srv/repo")]
    [InlineData("sftp:me@host:~/a/b", "host", "me", null, "a/b")]
    [InlineData("sftp:me@host:a%20b:c@d", "host", "me", null, "a%20b:c@d")]
    [InlineData("sftp:me@[::1]:/repo", "::1", "me", null, "/repo")]
    public void A_location_says_where(string text, string host, string? user, int? port, string path)
    {
        SftpLocation location = new(host, user, port, path);
        Assert.Equal(location, BackendLocation.Parse(text));

        // What is shown can be used.
        Assert.Equal(location, BackendLocation.Parse(location.ToString()));
    }

    [Theory]
    [InlineData("sftp://host", "folder")]
    [InlineData("sftp://host/", "folder")]
    [InlineData("sftp://host/~", "folder")]
    [InlineData("sftp:host:", "folder")]
    [InlineData("sftp:host", "sftp://[USER@]HOST")]
    [InlineData("sftp:///srv", "name of an SFTP server")]
    [InlineData("sftp://-oProxyCommand=evil/srv", "name of an SFTP server")]
    [InlineData("sftp:ho$st:srv", "name of an SFTP server")]
    [InlineData("sftp://-me@host/srv", "name of a user")]
    [InlineData("sftp://me;reboot@host/srv", "name of a user")]
    [InlineData("sftp://host:0/srv", "65535")]
    [InlineData("sftp://host:65536/srv", "65535")]
    [InlineData("sftp://host:x/srv", "65535")]
    [InlineData("sftp://host/a%2", "'%25'")]
    [InlineData("sftp://host/a%zz", "'%25'")]
    [InlineData("sftp://host/a%00b", "UTF-8")]
    [InlineData("sftp://host/a%ffb", "UTF-8")]
    [InlineData("sftp:host:~other/repo", "home folder")]
    public void What_is_none_is_refused(string text, string expected)
    {
        InvalidLocationException exception = Assert.Throws<InvalidLocationException>(() => BackendLocation.Parse(text));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sftp://me:hush@host/srv")]
    [InlineData("sftp:me:hush@host:srv")]
    public void A_password_in_a_location_is_refused_and_not_repeated(string text)
    {
        InvalidLocationException exception = Assert.Throws<InvalidLocationException>(() => BackendLocation.Parse(text));
        Assert.Contains("EBLA_STORE_PASSWORD", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sftp.colour", "green")]
    [InlineData("sftp.command", "")]
    public void An_option_that_makes_no_sense_is_refused(string name, string value)
        => Assert.Throws<InvalidLocationException>(() => BackendLocation.Parse("sftp:host:repo").Open(new BackendSettings
        {
            Options = new Dictionary<string, string> { [name] = value },
        }));

    [Fact]
    public void A_command_replaces_ssh_and_its_options()
        => Assert.Throws<InvalidLocationException>(() => BackendLocation.Parse("sftp:host:repo").Open(new BackendSettings
        {
            Options = new Dictionary<string, string> { ["sftp.command"] = "x", ["sftp.identity"] = "y" },
        }));
}
