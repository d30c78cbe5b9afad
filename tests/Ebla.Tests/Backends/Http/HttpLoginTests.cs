using System.Net;
using Ebla.Backends.Http;
using Ebla.Backends.Locations;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Backends.Http;

public sealed class HttpLoginTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_password_goes_over_a_readable_line_only_if_that_is_wanted(bool isWanted)
    {
        List<string> notices = [];
        BackendSettings settings = new()
        {
            FindPassword = static _ => ValueTask.FromResult<string?>("hidden"),
            Notice = notices.Add,
            Options = isWanted ? new Dictionary<string, string> { ["dav.insecure"] = "true" } : new Dictionary<string, string>(),
        };
        HttpPlace place = HttpPlace.Parse("", "dav", false, "me@host.example/x");
        using HttpResponseMessage response = new(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.Add(new("Basic", "realm=\"x\""));
        using HttpLogin login = new(place, settings, "dav.insecure");
        Task taken = login.TakeChallengeAsync(response, null, static reason => reason, CancellationToken.None).AsTask();
        if (isWanted)
        {
            await taken;
            Assert.NotNull(login.Current);
            Assert.Single(notices);
        }
        else
        {
            AccessDeniedException exception = await Assert.ThrowsAsync<AccessDeniedException>(() => taken);
            Assert.Contains("dav.insecure", exception.Message, StringComparison.Ordinal);
            Assert.Null(login.Current);
        }
    }

    [Theory]
    [InlineData("http://host.example/x", "Digest")]
    [InlineData("http://127.0.0.1/x", "Basic")]
    [InlineData("https://host.example/x", "Basic")]
    public async Task The_way_that_the_line_allows_is_taken(string address, string expected)
    {
        BackendSettings settings = new() { FindPassword = static _ => ValueTask.FromResult<string?>("hidden") };
        using HttpLogin login = new(new HttpPlace("dav", new Uri(address), "me"), settings, "dav.insecure");
        using HttpResponseMessage response = new(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.Add(new("Digest", "realm=\"x\", nonce=\"n\", qop=\"auth\""));
        response.Headers.WwwAuthenticate.Add(new("Basic", "realm=\"x\""));
        await login.TakeChallengeAsync(response, null, static reason => reason, CancellationToken.None);
        Assert.Equal(expected, login.Current!.For(HttpMethod.Get, new Uri(address)).Scheme);
        Assert.DoesNotContain("hidden", login.Current.ToString(), StringComparison.Ordinal);

        // The same refused once more is a wrong password; a nonce that is only too old is not.
        await Assert.ThrowsAsync<AccessDeniedException>(
            async () => await login.TakeChallengeAsync(response, login.Current, static reason => reason, CancellationToken.None));
    }

    [Fact]
    public async Task Another_way_than_basic_and_digest_is_named()
    {
        using HttpLogin login = new(new HttpPlace("dav", new Uri("https://host/"), "me"), new BackendSettings(), "dav.insecure");
        using HttpResponseMessage response = new(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.Add(new("Bearer"));
        AccessDeniedException exception = await Assert.ThrowsAsync<AccessDeniedException>(
            async () => await login.TakeChallengeAsync(response, null, static reason => reason, CancellationToken.None));
        Assert.Contains("Bearer", exception.Message, StringComparison.Ordinal);
    }
}
