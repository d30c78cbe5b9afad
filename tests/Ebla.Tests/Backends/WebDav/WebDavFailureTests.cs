using Ebla.Backends;
using Ebla.Backends.Locations;
using Ebla.Backends.Traffic;
using Ebla.Primitives;
using Ebla.Tests.Backends.Servers;
using Xunit;

namespace Ebla.Tests.Backends.WebDav;

/// <summary>What goes wrong with real servers gives one clear line, and the kind of exception that it is.</summary>
public sealed class WebDavFailureTests
{
    private static readonly TestObject Item = TestObject.Create(1, 1000);

    private static TestServer Apache => TestServer.Get("apache-dav");

    private static TestServer Nginx => TestServer.Get("nginx-dav");

    [Theory]
    [InlineData("apache-dav", "")]
    [InlineData("apache-dav", "AUTH=digest")]
    [InlineData("nginx-dav", "")]
    [InlineData("rclone-dav", "")]
    public async Task A_wrong_password_a_wrong_user_and_none_are_refused(string name, string variant)
    {
        TestServer server = variant.Length == 0 ? TestServer.Get(name) : TestServer.Get(name, variant);
        string place = server.NewPlace();
        BackendSettings right = server.Settings();
        BackendSettings wrong = right with { FindPassword = static _ => ValueTask.FromResult<string?>("wrong") };
        BackendSettings none = right with { FindPassword = static _ => ValueTask.FromResult<string?>(null) };
        await ExpectDeniedAsync(place, wrong, "'backup'");
        await ExpectDeniedAsync(place.Replace("backup@", "nobody@", StringComparison.Ordinal), right, "'nobody'");
        await ExpectDeniedAsync(place.Replace("backup@", "", StringComparison.Ordinal), right, "USER@");
        await ExpectDeniedAsync(place, none, "EBLA_STORE_PASSWORD");
    }

    [Fact]
    public async Task A_user_who_may_only_read_cannot_write()
    {
        string place = Apache.NewPlace();
        await using IBackend writer = Apache.Open(place);
        await Item.PutAsync(writer);
        await using IBackend reader = Apache.Open(place.Replace("backup@", "reader@", StringComparison.Ordinal));
        Assert.Equal(Item.Content, await TestObject.GetAsync(reader, Item.Name));
        TestObject other = TestObject.Create(2, 1000);
        AccessDeniedException denied = await Assert.ThrowsAsync<AccessDeniedException>(async () => await other.PutAsync(reader));
        Assert.Contains("403", denied.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<AccessDeniedException>(async () => await reader.DeleteAsync(Item.Name));
        await Assert.ThrowsAsync<AccessDeniedException>(async () => await reader.CreateHeaderAsync(new byte[1]));
    }

    [Theory]
    [InlineData("CERTIFICATE=expired", true, "2020-02-01")]
    [InlineData("CERTIFICATE=stranger", true, "elsewhere.example")]
    [InlineData("CERTIFICATE=server", false, "dav.ca-file")]
    public async Task A_certificate_that_is_not_good_is_refused_with_the_reason(string variant, bool isAuthorityKnown, string expected)
    {
        TestServer server = TestServer.Get("apache-dav", variant);
        BackendSettings settings = server.Settings();
        settings = isAuthorityKnown ? settings : settings with { Options = new Dictionary<string, string>() };
        await ExpectDeniedAsync(server.NewPlace(), settings, expected);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_transient()
    {
        foreach (string location in (string[])["dav://127.0.0.1:1/x", "dav://nowhere.invalid/x"])
        {
            await using IBackend backend = BackendLocation.Parse(location).Open(new BackendSettings());
            BackendException exception = await Assert.ThrowsAsync<BackendException>(async () => await backend.ReadHeaderAsync());
            Assert.True(exception.IsTransient);
            Assert.StartsWith(location, exception.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', exception.Message);
        }
    }

    [Theory]
    [InlineData("apache-dav")]
    [InlineData("nginx-dav")]
    [InlineData("rclone-dav")]
    public async Task A_full_disk_is_a_failure_and_leaves_room_again(string name)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Making a small file system needs root.");
        TestServer server = TestServer.Get(name, "FULL=1");
        await using IBackend backend = server.Open(server.NewPlace());
        TestObject first = TestObject.Create(1, 5 << 20);
        TestObject second = TestObject.Create(2, 5 << 20);
        await first.PutAsync(backend);
        BackendException exception = await Assert.ThrowsAsync<BackendException>(async () => await second.PutAsync(backend));
        Assert.DoesNotContain('\n', exception.Message);
        TestContext.Current.TestOutputHelper?.WriteLine(exception.Message);
        Assert.Null(await backend.GetSizeAsync(second.Name));
        Assert.Equal(first.Content, await TestObject.GetAsync(backend, first.Name));

        // Nothing is left of what did not fit.
        await TestObject.Create(3, 2 << 20).PutAsync(backend);
    }

    [Theory]
    [InlineData("apache-dav")]
    [InlineData("nginx-dav")]
    public async Task A_body_larger_than_the_server_takes_is_no_transient_failure(string name)
    {
        TestServer server = TestServer.Get(name, "LIMIT=1000000");
        await using IBackend backend = server.Open(server.NewPlace());
        await TestObject.Create(1, 500_000).PutAsync(backend);
        BackendException exception = await Assert.ThrowsAsync<BackendException>(async () => await TestObject.Create(2, 3_000_000).PutAsync(backend));
        Assert.False(exception.IsTransient, exception.Message);
        Assert.Contains("413", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("apache-dav")]
    [InlineData("nginx-dav")]
    [InlineData("rclone-dav")]
    public async Task A_line_that_is_cut_within_a_body_leaves_the_object_absent_and_the_next_attempt_succeeds(string name)
    {
        TestServer server = TestServer.Get(name);
        string direct = server.NewPlace();
        using FaultyLine line = FaultyLine.To(PortOf(server));
        await using IBackend backend = server.Open(Through(direct, server, line));
        IBackend persistent = Persistent.Around(backend);
        await using IBackend other = server.Open(direct);
        await backend.CreateHeaderAsync(new byte[10]);
        TestObject item = TestObject.Create(1, 8 << 20);
        line.Tell("cut-once up 2000000");
        BackendException exception = await Assert.ThrowsAsync<BackendException>(async () => await item.PutAsync(backend));
        Assert.True(exception.IsTransient, exception.Message);
        Assert.Null(await other.GetSizeAsync(item.Name));
        await item.PutAsync(persistent);
        Assert.Equal(item.Content, await TestObject.GetAsync(other, item.Name));

        line.Tell("cut-once down 2000000");
        exception = await Assert.ThrowsAsync<BackendException>(async () => await backend.GetWholeAsync(item.Name, 8 << 20, null));
        Assert.True(exception.IsTransient, exception.Message);
        Assert.Equal(item.Content, await persistent.GetWholeAsync(item.Name, 8 << 20, null));

        line.Tell("reset");
        Assert.NotNull(await persistent.ReadHeaderAsync());
        line.Tell("refuse");
        line.Tell("reset");
        exception = await Assert.ThrowsAsync<BackendException>(async () => await backend.ReadHeaderAsync());
        Assert.True(exception.IsTransient, exception.Message);
    }

    [Fact]
    public async Task A_line_that_stands_still_is_given_up()
    {
        using FaultyLine line = FaultyLine.To(PortOf(Nginx));
        BackendSettings settings = Nginx.Settings() with
        {
            Line = new Line(LineLimits.None with { StallTime = TimeSpan.FromSeconds(1) }, TimeProvider.System),
        };
        await using IBackend backend = BackendLocation.Parse(Through(Nginx.NewPlace(), Nginx, line)).Open(settings);
        TestObject item = TestObject.Create(1, 8 << 20);
        await item.PutAsync(backend);
        foreach (string direction in (string[])["up", "down"])
        {
            line.Tell($"stall-once {direction} 1000000");
            BackendException exception = await Assert.ThrowsAsync<BackendException>(async () =>
            {
                await TestObject.Create(2, 8 << 20).PutAsync(backend);
                await backend.GetWholeAsync(item.Name, 8 << 20, null);
            });
            Assert.True(exception.IsTransient);
            Assert.Contains("nothing moved for 1 seconds", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_slow_pace_is_no_stall()
    {
        BackendSettings settings = Nginx.Settings() with
        {
            Line = new Line(new LineLimits(200_000, 200_000) { StallTime = TimeSpan.FromMilliseconds(500) }, TimeProvider.System),
        };
        await using IBackend backend = BackendLocation.Parse(Nginx.NewPlace()).Open(settings);
        TestObject item = TestObject.Create(1, 400_000);
        await item.PutAsync(backend);
        Assert.Equal(item.Content, await backend.GetWholeAsync(item.Name, 1 << 20, null));
    }

    [Fact]
    public async Task A_header_whose_maker_died_is_explained()
    {
        string place = Nginx.NewPlace();
        await using IBackend backend = Nginx.Open(place);
        using HttpClient client = new();
        client.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String("backup:secret"u8));
        string address = place.Replace("dav://backup@", "http://", StringComparison.Ordinal);
        foreach (string folder in (string[])["/", "/tmp/", "/tmp/creating/"])
        {
            using HttpRequestMessage request = new(new HttpMethod("MKCOL"), address + folder);
            (await client.SendAsync(request)).EnsureSuccessStatusCode();
        }
        RepositoryExistsException exception = await Assert.ThrowsAsync<RepositoryExistsException>(
            async () => await backend.CreateHeaderAsync(new byte[1]));
        Assert.Contains("tmp/creating", exception.Message, StringComparison.Ordinal);
        (await client.DeleteAsync(address + "/tmp/creating/")).EnsureSuccessStatusCode();
        await backend.CreateHeaderAsync(new byte[1]);
    }

    [Fact]
    public async Task A_repository_that_vanishes_is_not_taken_for_empty()
    {
        string place = Nginx.NewPlace();
        await using IBackend backend = Nginx.Open(place);
        await backend.CreateHeaderAsync(new byte[1]);
        Assert.Empty(await TestObject.ListAsync(backend, ObjectKind.Note));
        using HttpClient client = new();
        client.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String("backup:secret"u8));
        (await client.DeleteAsync(place.Replace("dav://backup@", "http://", StringComparison.Ordinal) + "/ebla")).EnsureSuccessStatusCode();
        await Assert.ThrowsAsync<BackendException>(async () => await TestObject.ListAsync(backend, ObjectKind.Note));
    }

    private static int PortOf(TestServer server) => new Uri(server.Location).Port;

    private static string Through(string place, TestServer server, FaultyLine line)
        => place.Replace($":{PortOf(server)}", $":{line.Port}", StringComparison.Ordinal);

    private static async Task ExpectDeniedAsync(string place, BackendSettings settings, string expected)
    {
        await using IBackend backend = BackendLocation.Parse(place).Open(settings);
        foreach (Func<Task> call in (Func<Task>[])[() => backend.ReadHeaderAsync().AsTask(), () => Item.PutAsync(backend).AsTask()])
        {
            AccessDeniedException exception = await Assert.ThrowsAsync<AccessDeniedException>(call);
            Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", exception.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', exception.Message);
        }
    }
}
