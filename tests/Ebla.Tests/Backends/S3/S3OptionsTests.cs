using Ebla.Backends.Locations;
using Ebla.Backends.S3;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Backends.S3;

public sealed class S3OptionsTests
{
    [Theory]
    [InlineData("s3://bucket", false)]
    [InlineData("s3://bucket.with.points", true)]
    [InlineData("s3:https://s3.eu-central-1.amazonaws.com/bucket", false)]
    [InlineData("s3:https://storage.example.org/bucket", true)]
    public void AWS_has_virtual_hosts_and_others_have_paths(string location, bool isPathStyle)
    {
        Assert.Equal(isPathStyle, Read(location).IsPathStyle);
        Assert.Equal(!isPathStyle, Read(location, options: ("s3.path-style", isPathStyle ? "false" : "true")).IsPathStyle);
    }

    [Theory]
    [InlineData("s3:https://s3.eu-central-1.amazonaws.com/bucket", "eu-central-1")]
    [InlineData("s3:https://s3-eu-west-1.amazonaws.com/bucket", "eu-west-1")]
    [InlineData("s3:https://s3.dualstack.eu-west-3.amazonaws.com/bucket", "eu-west-3")]
    [InlineData("s3:https://s3.amazonaws.com/bucket", "us-east-1")]
    [InlineData("s3://bucket", "from-variable")]
    [InlineData("s3:https://storage.example.org/bucket", "from-variable")]
    public void The_region_is_in_the_address_of_AWS_or_in_the_environment(string location, string region)
    {
        (string, string) variable = ("AWS_REGION", "from-variable");
        Assert.Equal(region, Read(location, [variable]).Region);
        Assert.Equal("given", Read(location, [variable], ("s3.region", "given")).Region);
        Assert.Equal("other", Read("s3://bucket", [("AWS_DEFAULT_REGION", "other")]).Region);
    }

    [Fact]
    public void The_server_comes_from_the_location_or_an_option_or_the_environment()
    {
        (string, string)[] variables = [("AWS_ENDPOINT_URL", "https://general.example.org"), ("AWS_ENDPOINT_URL_S3", "https://s3.example.org")];
        Assert.Equal("s3.example.org", Read("s3://bucket", variables).Endpoint!.Host);
        Assert.Equal("given.example.org", Read("s3://bucket", variables, ("s3.endpoint", "https://given.example.org")).Endpoint!.Host);
        Assert.Equal("host", Read("s3:https://host/bucket", variables).Endpoint!.Host);
        Assert.Null(Read("s3://bucket").Endpoint);
        Assert.Throws<InvalidLocationException>(() => Read("s3:https://host/bucket", options: ("s3.endpoint", "https://other")));
    }

    [Theory]
    [InlineData("s3.storage-class", "GLACIER")]
    [InlineData("s3.storage-class", "DEEP_ARCHIVE")]
    [InlineData("s3.path-style", "yes")]
    [InlineData("s3.lock-mode", "compliance")]
    [InlineData("s3.lock-days", "3")]
    [InlineData("s3.endpoint", "example.org")]
    [InlineData("s3.ca-file", "/nowhere/ca.pem")]
    [InlineData("s3.ca-file", "/dev/null")]
    [InlineData("s3.color", "blue")]
    [InlineData("sftp.port", "22")]
    public void A_wrong_option_is_refused(string name, string value)
        => Assert.Throws<InvalidLocationException>(() => Read("s3://bucket", options: (name, value)));

    [Fact]
    public void A_lock_has_a_mode_and_days()
    {
        S3Retention? retention = Read("s3://bucket", [], ("s3.lock-mode", "compliance"), ("s3.lock-days", "30")).Retention;
        Assert.Equal(new S3Retention(true, TimeSpan.FromDays(30)), retention);
        Assert.Throws<InvalidLocationException>(() => Read("s3://bucket", [], ("s3.lock-mode", "legal"), ("s3.lock-days", "30")));
        Assert.Throws<InvalidLocationException>(() => Read("s3://bucket", [], ("s3.lock-mode", "governance"), ("s3.lock-days", "0")));
    }

    private static S3Options Read(string location, (string Name, string Value)[]? variables = null, params (string Name, string Value)[] options)
        => S3Options.Read(
            (S3Location)BackendLocation.Parse(location),
            new BackendSettings { Options = options.ToDictionary(static pair => pair.Name, static pair => pair.Value) },
            name => (variables ?? []).FirstOrDefault(pair => pair.Name == name).Value);
}
