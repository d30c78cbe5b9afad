using Ebla.Backends.Locations;
using Ebla.Backends.S3;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Backends.S3;

public sealed class S3LocationTests
{
    [Theory]
    [InlineData("s3://bucket", null, "bucket", "")]
    [InlineData("s3://bucket/", null, "bucket", "")]
    [InlineData("s3://bucket/a/b", null, "bucket", "a/b/")]
    [InlineData("s3://bucket//a//b/", null, "bucket", "a/b/")]
    [InlineData("s3:https://host/bucket", "https://host/", "bucket", "")]
    [InlineData("s3:https://host:9000/bucket/a", "https://host:9000/", "bucket", "a/")]
    [InlineData("s3:http://127.0.0.1:1/bucket/a", "http://127.0.0.1:1/", "bucket", "a/")]
    [InlineData("s3:https://[::1]:9000/bucket/100%25", "https://[::1]:9000/", "bucket", "100%25/")]
    public void A_location_is_read_and_written_again(string text, string? endpoint, string bucket, string prefix)
    {
        S3Location location = Assert.IsType<S3Location>(BackendLocation.Parse(text));
        Assert.Equal(endpoint, location.Endpoint?.AbsoluteUri);
        Assert.Equal(bucket, location.Bucket);
        Assert.Equal(prefix, location.Prefix);
        Assert.Equal(location, BackendLocation.Parse(location.ToString()));
    }

    [Theory]
    [InlineData("s3:bucket/a")]
    [InlineData("s3:host.example.org/bucket")]
    [InlineData("s3:ftp://host/bucket")]
    [InlineData("s3://")]
    [InlineData("s3:///a")]
    [InlineData("s3:https://host")]
    [InlineData("s3:https://host/")]
    [InlineData("s3:https:///bucket")]
    [InlineData("s3:https://host:notaport/bucket")]
    [InlineData("s3://bucket/a/../b")]
    [InlineData("s3://bucket/a?versionId=1")]
    [InlineData("s3://bucket/a b")]
    [InlineData("s3://host:9000/bucket")]
    [InlineData("s3+http://host/bucket")]
    public void What_is_no_location_is_refused(string text)
        => Assert.Throws<InvalidLocationException>(() => BackendLocation.Parse(text));

    [Theory]
    [InlineData("s3:https://key:verysecret@host/bucket")]
    [InlineData("s3://key:verysecret@bucket/a")]
    public void A_secret_in_a_location_is_refused_and_not_repeated(string text)
        => Assert.DoesNotContain(
            "verysecret",
            Assert.Throws<InvalidLocationException>(() => BackendLocation.Parse(text)).Message,
            StringComparison.Ordinal);
}
