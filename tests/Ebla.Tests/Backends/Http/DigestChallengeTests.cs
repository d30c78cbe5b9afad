using System.Net.Http.Headers;
using Ebla.Backends.Http;
using Xunit;

namespace Ebla.Tests.Backends.Http;

public sealed class DigestChallengeTests
{
    // RFC 7616, section 3.9.1.
    private const string Challenge = "realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=ALGORITHM, "
        + "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";

    [Theory]
    [InlineData("MD5", "8ca523f5e9506fed4657c9700eebdbec")]
    [InlineData("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1")]
    public void The_examples_of_the_standard_are_answered_as_it_says(string algorithm, string expected)
    {
        DigestChallenge challenge = Parse(Challenge.Replace("ALGORITHM", algorithm, StringComparison.Ordinal))!;
        string answer = challenge.Answer(
            "Mufasa", "Circle of Life", "GET", "/dir/index.html", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", 1);
        Assert.Contains($"response=\"{expected}\"", answer, StringComparison.Ordinal);
        Assert.Contains("opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"", answer, StringComparison.Ordinal);
        Assert.Contains("nc=00000001", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_answer_has_the_next_number()
    {
        DigestChallenge challenge = Parse("realm=\"a\\\"b\", nonce=n, qop=auth, stale=TRUE")!;
        Assert.True(challenge.IsStale);
        Assert.Contains("nc=00000001", challenge.Answer("u", "p", "GET", "/"), StringComparison.Ordinal);
        string second = challenge.Answer("u", "p", "GET", "/");
        Assert.Contains("nc=00000002", second, StringComparison.Ordinal);
        Assert.Contains("realm=\"a\\\"b\"", second, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("realm=\"x\"")]
    [InlineData("realm=\"x\", nonce=\"n\", algorithm=SHA-512")]
    [InlineData("realm=\"x\", nonce=\"n\", qop=\"auth-int\"")]
    [InlineData("realm=\"x")]
    [InlineData("")]
    public void What_cannot_be_answered_is_no_challenge(string parameters) => Assert.Null(Parse(parameters));

    [Fact]
    public void Another_scheme_is_no_challenge()
        => Assert.Null(DigestChallenge.TryParse(new AuthenticationHeaderValue("Basic", "realm=\"x\", nonce=n")));

    private static DigestChallenge? Parse(string parameters) => DigestChallenge.TryParse(new AuthenticationHeaderValue("Digest", parameters));
}
