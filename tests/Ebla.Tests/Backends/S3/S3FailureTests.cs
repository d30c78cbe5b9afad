using Ebla.Backends;
using Ebla.Primitives;
using Ebla.Tests.Backends.Servers;
using Xunit;

namespace Ebla.Tests.Backends.S3;

/// <summary>What real servers answer when something is wrong, and what becomes of it.</summary>
public sealed class S3FailureTests
{
    [Theory]
    [InlineData("radosgw")]
    [InlineData("swift")]
    public async Task A_wrong_secret_is_told_from_an_unknown_key(string server)
    {
        TestServer store = TestServer.Get(server);
        await using IBackend wrongSecret = S3Fixture.Open(store, store.NewPlace(), "wrong");
        AccessDeniedException exception = await Assert.ThrowsAsync<AccessDeniedException>(async () => await wrongSecret.ReadHeaderAsync());
        Assert.Contains("secret key is wrong", exception.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<AccessDeniedException>(async () => await TestObject.ListAsync(wrongSecret, ObjectKind.Pack));
        await Assert.ThrowsAsync<AccessDeniedException>(async () => await TestObject.Create(1, 2 << 20).PutAsync(wrongSecret));

        // Swift's own users are not looked up before the signature is.
        await using IBackend unknownKey = S3Fixture.Open(store, store.NewPlace(), null, ("s3.key-id", "nobody"));
        exception = await Assert.ThrowsAsync<AccessDeniedException>(async () => await unknownKey.ReadHeaderAsync());
        Assert.Contains(server == "radosgw" ? "does not know this access key" : "", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public async Task Without_credentials_it_says_where_it_looked()
    {
        TestServer store = TestServer.Get("radosgw");
        await using IBackend noSecret = S3Fixture.Open(store, store.NewPlace(), "");
        AccessDeniedException exception = await Assert.ThrowsAsync<AccessDeniedException>(async () => await noSecret.ReadHeaderAsync());
        Assert.Contains("store's password", exception.Message, StringComparison.Ordinal);

        await using IBackend noProfile = S3Fixture.Open(store, store.NewPlace(), null, ("s3.key-id", ""), ("s3.profile", "not-there"));
        exception = await Assert.ThrowsAsync<AccessDeniedException>(async () => await noProfile.ReadHeaderAsync());
        Assert.Contains("'not-there'", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("radosgw")]
    [InlineData("swift")]
    public async Task A_missing_bucket_holds_no_repository_and_is_made_for_one(string server)
    {
        TestServer store = TestServer.Get(server);
        string location = $"{S3Fixture.Address(store)}/new-bucket/a";
        await using IBackend backend = store.Open(location);
        Assert.Null(await backend.ReadHeaderAsync());
        NoRepositoryException exception = await Assert.ThrowsAsync<NoRepositoryException>(
            async () => await TestObject.ListAsync(backend, ObjectKind.Key));
        Assert.Contains("no bucket 'new-bucket'", exception.Message, StringComparison.Ordinal);
        Assert.Null(await backend.GetSizeAsync(TestObject.Create(1, 1).Name));

        TestObject key = TestObject.Create(1, 100, ObjectKind.Key);
        await key.PutAsync(backend);
        await backend.CreateHeaderAsync("header"u8.ToArray());
        await using IBackend other = store.Open(location);
        Assert.Equal<byte[]?>("header"u8.ToArray(), await other.ReadHeaderAsync());
        Assert.Equal(key.Content, await TestObject.GetAsync(other, key.Name));

        // The header alone makes it, too.
        await using IBackend bare = store.Open($"{S3Fixture.Address(store)}/other-bucket");
        await bare.CreateHeaderAsync("header"u8.ToArray());
        Assert.Equal<byte[]?>("header"u8.ToArray(), await bare.ReadHeaderAsync());
    }

    [Fact]
    public async Task A_bucket_of_somebody_else_is_not_entered()
    {
        TestServer store = TestServer.Get("radosgw");
        await S3Fixture.AdministrateAsync(
            store, "user", "create", "--uid=stranger", "--display-name=stranger", "--access-key=strangers-key", "--secret-key=strangers-secret");
        await using IBackend backend = S3Fixture.Open(store, store.NewPlace(), "strangers-secret", ("s3.key-id", "strangers-key"));
        AccessDeniedException exception = await Assert.ThrowsAsync<AccessDeniedException>(async () => await backend.ReadHeaderAsync());
        Assert.Contains("may not read", exception.Message, StringComparison.Ordinal);
        exception = await Assert.ThrowsAsync<AccessDeniedException>(async () => await TestObject.Create(1, 2 << 20).PutAsync(backend));
        Assert.Contains("may not put", exception.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<AccessDeniedException>(async () => await TestObject.ListAsync(backend, ObjectKind.Pack));
        BackendException refusal = await Assert.ThrowsAsync<BackendException>(
            async () => await backend.DeleteAsync(TestObject.Create(1, 1).Name));
        Assert.False(refusal.IsTransient);
        Assert.Contains("refuses deletions", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_used_up_quota_is_not_worth_another_try()
    {
        TestServer store = TestServer.Get("radosgw");
        await S3Fixture.AdministrateAsync(
            store, "user", "create", "--uid=poor", "--display-name=poor", "--access-key=poor-key", "--secret-key=poor-secret");
        await S3Fixture.AdministrateAsync(store, "quota", "set", "--uid=poor", "--quota-scope=bucket", "--max-size=4194304");
        await S3Fixture.AdministrateAsync(store, "quota", "enable", "--uid=poor", "--quota-scope=bucket");
        await using IBackend backend = S3Fixture.Open(
            store, $"{S3Fixture.Address(store)}/poor/a", "poor-secret", ("s3.key-id", "poor-key"));
        await backend.CreateHeaderAsync("header"u8.ToArray());
        BackendException exception = await Assert.ThrowsAsync<BackendException>(
            async () => await TestObject.Create(1, 8 << 20).PutAsync(backend));
        Assert.False(exception.IsTransient);
        Assert.Contains("quota", exception.Message, StringComparison.Ordinal);
        Assert.Null(await backend.GetSizeAsync(TestObject.Create(1, 8 << 20).Name));
        await TestObject.Create(2, 1000).PutAsync(backend);
    }

    [Fact]
    public async Task An_unknown_or_expired_certificate_is_refused()
    {
        TestServer store = TestServer.Get("radosgw");
        await using IBackend unknown = S3Fixture.Open(store, S3Fixture.NewTlsPlace(store), null);
        AccessDeniedException exception = await Assert.ThrowsAsync<AccessDeniedException>(async () => await unknown.ReadHeaderAsync());
        Assert.Contains("whom nothing here trusts", exception.Message, StringComparison.Ordinal);
        Assert.Contains("-o s3.ca-file=FILE", exception.Message, StringComparison.Ordinal);

        using TlsListener expired = new(
            store.Environment["TLS_CA_FILE"].Replace("ca.pem", "expired.pem", StringComparison.Ordinal));
        await using IBackend old = S3Fixture.OpenTls(store, $"s3:https://127.0.0.1:{expired.Port}/bucket");
        exception = await Assert.ThrowsAsync<AccessDeniedException>(async () => await old.ReadHeaderAsync());
        Assert.Contains("has expired or is not valid yet", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3:http://127.0.0.1:1/bucket")]
    [InlineData("s3:https://nowhere.invalid/bucket")]
    public async Task No_network_is_a_passing_trouble(string location)
    {
        await using IBackend backend = S3Fixture.Open(TestServer.Get("radosgw"), location, null);
        BackendException exception = await Assert.ThrowsAsync<BackendException>(async () => await backend.ReadHeaderAsync());
        Assert.True(exception.IsTransient);
        Assert.Contains("cannot be reached", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
        Assert.True((await Assert.ThrowsAsync<BackendException>(async () => await TestObject.Create(1, 1).PutAsync(backend))).IsTransient);
        Assert.True((await Assert.ThrowsAsync<BackendException>(
            async () => await TestObject.ListAsync(backend, ObjectKind.Pack))).IsTransient);
    }
}
