using System.Text;
using Ebla.Backends;
using Ebla.Backends.Locations;
using Ebla.Primitives;
using Xunit;
using static Ebla.Tests.Backends.Http.ScriptedServer;

namespace Ebla.Tests.Backends.Http;

/// <summary>Answers that no server in order gives.</summary>
public sealed class HostileServerTests
{
    private const string Entry = "<D:response><D:href>/r/index/NAME</D:href><D:propstat><D:prop>SIZE<D:resourcetype/></D:prop>"
        + "<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>";

    private static readonly TestObject Item = TestObject.Create(1, 1000, ObjectKind.Index);

    private static string Xml(string entries) => $"<?xml version=\"1.0\"?><D:multistatus xmlns:D=\"DAV:\">{entries}</D:multistatus>";

    private static string Listed(TestObject item, string size)
        => Entry.Replace("NAME", $"{item.Name.Id}", StringComparison.Ordinal).Replace("SIZE", size, StringComparison.Ordinal);

    private static IBackend Dav(ScriptedServer server) => BackendLocation.Parse($"dav://{server.Address}/r").Open(new BackendSettings());

    private static IBackend Rest(ScriptedServer server) => BackendLocation.Parse($"rest+http://{server.Address}/r").Open(new BackendSettings());

    [Theory]
    [InlineData("206 Partial Content", "Content-Range: bytes 0-9/1000\r\n", 10, false)]
    [InlineData("206 Partial Content", "Content-Range: bytes 101-110/1000\r\n", 10, false)]
    [InlineData("206 Partial Content", "Content-Range: bytes 100-109/1000\r\n", 9, false)]
    [InlineData("206 Partial Content", "Content-Range: nonsense\r\n", 10, false)]
    [InlineData("206 Partial Content", "", 10, false)]
    [InlineData("204 No Content", "", 0, false)]
    [InlineData("200 OK", "Content-Encoding: gzip\r\n", 1000, false)]
    [InlineData("302 Found", "Location: http://elsewhere.invalid/\r\n", 0, false)]
    [InlineData("503 Service Unavailable", "", 0, true)]
    [InlineData("423 Locked", "", 0, true)]
    [InlineData("429 Too Many Requests", "", 0, true)]
    public async Task A_wrong_answer_to_a_range_is_a_failure(string status, string headers, int length, bool isTransient)
    {
        using ScriptedServer server = new(_ => Answer(status, headers, new string('x', length)));
        await using IBackend backend = Dav(server);
        BackendException exception = await Assert.ThrowsAsync<BackendException>(
            async () => await backend.GetAsync(Item.Name, 100, new byte[10], null));
        Assert.Equal(isTransient, exception.IsTransient);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public async Task A_server_without_ranges_is_read_from_the_beginning()
    {
        string whole = string.Concat(Enumerable.Range(0, 300_000).Select(static number => (char)('a' + number % 23)));
        using ScriptedServer server = new(_ => Answer("200 OK", "", whole));
        await using IBackend backend = Dav(server);
        byte[] part = new byte[1000];
        Assert.True(await backend.GetAsync(Item.Name, 200_001, part, null));
        Assert.Equal(whole.Substring(200_001, 1000), Encoding.ASCII.GetString(part));
        await Assert.ThrowsAsync<CorruptDataException>(async () => await backend.GetAsync(Item.Name, 299_999, new byte[2], null));
    }

    [Theory]
    [InlineData("206 Partial Content", "Content-Range: bytes 100-599/1000\r\n")]
    [InlineData("200 OK", "")]
    public async Task A_body_that_ends_early_is_transient(string status, string headers)
    {
        using ScriptedServer server = new(_ => Answer(status, headers, new string('x', 300), status[0..3] == "206" ? 500 : 1000));
        await using IBackend backend = Dav(server);
        BackendException exception = await Assert.ThrowsAsync<BackendException>(
            async () => await backend.GetAsync(Item.Name, 100, new byte[500], null));
        Assert.True(exception.IsTransient);
        exception = await Assert.ThrowsAsync<BackendException>(async () => await backend.GetWholeAsync(Item.Name, 2000, null));
        Assert.Equal(status[0..3] == "200", exception.IsTransient);
    }

    [Fact]
    public async Task An_object_too_long_is_not_read()
    {
        using ScriptedServer server = new(_ => Endless("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", "xxxxxxxxxxxxxxxxxxxxxxxxxx", ""));
        await using IBackend backend = Dav(server);
        await Assert.ThrowsAsync<CorruptDataException>(async () => await backend.GetWholeAsync(Item.Name, 1_000_000, null));
        await Assert.ThrowsAsync<CorruptDataException>(async () => await backend.ReadHeaderAsync());
    }

    [Fact]
    public async Task What_is_no_http_is_a_failure()
    {
        using ScriptedServer server = new(_ => "SSH-2.0-OpenSSH_9.2\r\n");
        await using IBackend backend = Dav(server);
        await Assert.ThrowsAsync<BackendException>(async () => await backend.ReadHeaderAsync());
    }

    [Theory]
    [InlineData("<?xml version=\"1.0\"?><!DOCTYPE b [<!ENTITY a \"aa\">]><D:multistatus xmlns:D=\"DAV:\">&a;</D:multistatus>")]
    [InlineData("<?xml version=\"1.0\"?><D:multistatus xmlns:D=\"DAV:\">")]
    [InlineData("<html><body>Please log in.</body></html>")]
    [InlineData("")]
    public async Task A_listing_that_is_none_is_a_failure(string body)
    {
        using ScriptedServer server = new(_ => Answer("207 Multi-Status", "Content-Type: application/xml\r\n", body));
        await using IBackend backend = Dav(server);
        await Assert.ThrowsAsync<BackendException>(async () => await TestObject.ListAsync(backend, ObjectKind.Index));
    }

    [Theory]
    [InlineData("<D:response>", "<D:a>")]
    [InlineData("<D:response><D:href>", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("<D:response>", "<D:b/><D:b/><D:b/><D:b/><D:b/><D:b/><D:b/><D:b/><D:b/><D:b/><D:b/>")]
    public async Task An_entry_without_end_is_given_up(string start, string repeated)
    {
        using ScriptedServer server = new(_ => Endless(
            $"HTTP/1.1 207 Multi-Status\r\nConnection: close\r\n\r\n<?xml version=\"1.0\"?><D:multistatus xmlns:D=\"DAV:\">{start}", repeated, ""));
        await using IBackend backend = Dav(server);
        BackendException exception = await Assert.ThrowsAsync<BackendException>(
            async () => await TestObject.ListAsync(backend, ObjectKind.Index));
        Assert.False(exception.IsTransient);
    }

    [Fact]
    public async Task Sizes_that_a_listing_lacks_are_asked_for_and_foreign_names_passed_over()
    {
        string entries = Listed(Item, "")
            + Entry.Replace("NAME", "readme.txt", StringComparison.Ordinal)
                .Replace("SIZE", "<D:getcontentlength>5</D:getcontentlength>", StringComparison.Ordinal)
            + "<D:response><D:href>/r/index/</D:href><D:propstat><D:prop><D:resourcetype><D:collection/></D:resourcetype></D:prop>"
            + "<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>";
        using ScriptedServer server = new(request => request.StartsWith("PROPFIND", StringComparison.Ordinal)
            ? Answer("207 Multi-Status", "", Xml(entries))
            : Answer("200 OK", "", "", 1000));
        await using IBackend backend = Dav(server);
        Assert.Equal([new ObjectInfo(Item.Name, 1000)], await TestObject.ListAsync(backend, ObjectKind.Index));
        Assert.Equal(["PROPFIND /r/index/", $"HEAD /r/index/{Item.Name.Id}"], server.Requests);
    }

    [Fact]
    public async Task A_folder_that_is_there_and_is_not_listed_is_not_taken_for_empty()
    {
        int count = 0;
        using ScriptedServer server = new(_ => Interlocked.Increment(ref count) % 2 == 1 && count < 4
            ? Answer("404 Not Found", "", "")
            : Answer("207 Multi-Status", "", Xml(Listed(Item, "<D:getcontentlength>7</D:getcontentlength>"))));
        await using IBackend backend = Dav(server);
        Assert.Equal([new ObjectInfo(Item.Name, 7)], await TestObject.ListAsync(backend, ObjectKind.Index));
    }

    [Theory]
    [InlineData("[{\"name\":\"NAME\",\"size\":12}", false)]
    [InlineData("[{\"name\":\"NAME\",\"size\":-1}]", false)]
    [InlineData("[{\"name\":\"NAME\"}]", false)]
    [InlineData("[null]", false)]
    [InlineData("{}", false)]
    [InlineData("", false)]
    [InlineData("[{\"name\":\"NAME\",\"size\":12},{\"name\":\"..\",\"size\":1},{\"name\":\"NAME\",\"size\":12}]", true)]
    public async Task A_list_of_the_rest_protocol_is_whole_or_a_failure(string body, bool isGood)
    {
        using ScriptedServer server = new(_ => Answer(
            "200 OK", "Content-Type: application/vnd.x.restic.rest.v2\r\n", body.Replace("NAME", $"{Item.Name.Id}", StringComparison.Ordinal)));
        await using IBackend backend = Rest(server);
        if (isGood)
        {
            Assert.Equal([new ObjectInfo(Item.Name, 12)], await TestObject.ListAsync(backend, ObjectKind.Index));
        }
        else
        {
            await Assert.ThrowsAsync<BackendException>(async () => await TestObject.ListAsync(backend, ObjectKind.Index));
        }
    }

    [Fact]
    public async Task A_list_of_the_rest_protocol_without_end_is_given_up()
    {
        using ScriptedServer server = new(_ => Endless(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/vnd.x.restic.rest.v2\r\n\r\n[{\"name\":\"",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            ""));
        await using IBackend backend = Rest(server);
        await Assert.ThrowsAsync<BackendException>(async () => await TestObject.ListAsync(backend, ObjectKind.Index));
    }

    [Fact]
    public async Task A_server_of_version_1_is_asked_for_each_size()
    {
        using ScriptedServer server = new(request => request.StartsWith("GET", StringComparison.Ordinal)
            ? Answer("200 OK", "Content-Type: application/vnd.x.restic.rest.v1\r\n", $"[\"{Item.Name.Id}\",\"foreign\"]")
            : Answer("200 OK", "", "", 77));
        await using IBackend backend = Rest(server);
        Assert.Equal([new ObjectInfo(Item.Name, 77)], await TestObject.ListAsync(backend, ObjectKind.Index));
    }

    [Fact]
    public async Task A_server_that_wants_names_to_be_hashes_is_named_with_the_remedy()
    {
        using ScriptedServer server = new(_ => Answer("400 Bad Request", "", "Bad Request"));
        await using IBackend backend = Rest(server);
        BackendException exception = await Assert.ThrowsAsync<BackendException>(async () => await Item.PutAsync(backend));
        Assert.False(exception.IsTransient);
        Assert.Contains("--no-verify-upload", exception.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<byte[]> Endless(string start, string repeated, string end)
    {
        yield return Encoding.ASCII.GetBytes(start);
        byte[] part = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(repeated, 1000)));
        // Not for ever, so that a test that fails ends.
        for (int count = 0; count < 10_000; count++)
        {
            yield return part;
        }
        yield return Encoding.ASCII.GetBytes(end);
    }
}
