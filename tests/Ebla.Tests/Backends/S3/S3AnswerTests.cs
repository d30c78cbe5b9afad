using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Ebla.Backends;
using Ebla.Backends.Locations;
using Ebla.Backends.Traffic;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Backends.S3;

/// <summary>Answers that real servers here do not give on demand.</summary>
public sealed class S3AnswerTests
{
    // Goal: credentials that the server took before are not called wrong when a broken line damages a request.
    // Method: a server that lets one look pass and refuses the signature of what comes then; and one that refuses at once.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_refused_signature_is_transient_only_after_one_was_accepted(bool wasAccepted)
    {
        using AnswerServer server = new(context => AnswerServer.Answer(
            context,
            wasAccepted && context.Request.HttpMethod == "HEAD" ? 200 : 403,
            AnswerServer.Error("SignatureDoesNotMatch")));
        await using IBackend backend = Open(server);
        TestObject item = TestObject.Create(1, 10);
        if (wasAccepted)
        {
            _ = await backend.GetSizeAsync(item.Name);
            BackendException exception = await Assert.ThrowsAsync<BackendException>(async () => await item.PutAsync(backend));
            Assert.True(exception.IsTransient, exception.Message);
        }
        else
        {
            AccessDeniedException exception = await Assert.ThrowsAsync<AccessDeniedException>(async () => await item.PutAsync(backend));
            Assert.Contains("the secret key is wrong", exception.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(503, "SlowDown", 7)]
    [InlineData(429, "TooManyRequests", 3)]
    [InlineData(500, "InternalError", null)]
    [InlineData(400, "RequestTimeout", null)]
    [InlineData(400, "BadDigest", null)]
    public async Task What_may_pass_is_said_to_be_transient(int status, string code, int? retryAfter)
    {
        (string, string)[] headers = retryAfter is null ? [] : [("Retry-After", $"{retryAfter}")];
        using AnswerServer server = new(context => AnswerServer.Answer(context, status, AnswerServer.Error(code), headers));
        await using IBackend backend = Open(server);
        BackendException exception = await Assert.ThrowsAsync<BackendException>(async () => await TestObject.Create(1, 10).PutAsync(backend));
        Assert.True(exception.IsTransient, exception.Message);
        Assert.Equal(retryAfter, (int?)exception.RetryAfter?.TotalSeconds);
        Assert.Contains(code, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(403, "RequestTimeTooSkewed", "clock")]
    [InlineData(400, "ExpiredToken", "expired")]
    [InlineData(403, "SomethingNew", "may not read")]
    [InlineData(301, "PermanentRedirect", "s3.region=eu-north-1")]
    [InlineData(400, "AuthorizationHeaderMalformed", "s3.region=eu-north-1")]
    public async Task What_keeps_us_out_says_what_to_do(int status, string code, string words)
    {
        using AnswerServer server = new(
            context => AnswerServer.Answer(context, status, AnswerServer.Error(code), ("x-amz-bucket-region", "eu-north-1")));
        await using IBackend backend = Open(server);
        AccessDeniedException exception = await Assert.ThrowsAsync<AccessDeniedException>(async () => await backend.ReadHeaderAsync());
        Assert.Contains(words, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(403, "QuotaExceeded")]
    [InlineData(507, "InsufficientStorage")]
    [InlineData(507, "XMinioStorageFull")]
    [InlineData(400, "EntityTooLarge")]
    [InlineData(403, "InvalidObjectState")]
    public async Task What_will_not_pass_is_not_tried_again(int status, string code)
    {
        using AnswerServer server = new(context => AnswerServer.Answer(context, status, AnswerServer.Error(code)));
        await using IBackend backend = Open(server);
        BackendException exception = await Assert.ThrowsAsync<BackendException>(async () => await TestObject.Create(1, 10).PutAsync(backend));
        Assert.False(exception.IsTransient, exception.Message);
    }

    [Fact]
    public async Task A_server_that_ignores_conditions_is_found_out()
    {
        ConcurrentDictionary<string, byte[]> stored = [];
        using AnswerServer server = new(context => Store(stored, context));
        await using IBackend backend = Open(server);
        await backend.CreateHeaderAsync("header"u8.ToArray());
        Assert.False(backend.Capabilities.CanCreateHeaderOnce);
        await Assert.ThrowsAsync<RepositoryExistsException>(async () => await backend.CreateHeaderAsync("second"u8.ToArray()));
        Assert.Equal("/bucket/ebla", Assert.Single(stored).Key);
        Assert.Equal("header"u8.ToArray(), stored["/bucket/ebla"]);
    }

    [Fact]
    public async Task A_body_that_arrives_damaged_is_taken_away_again()
    {
        ConcurrentDictionary<string, byte[]> stored = [];
        using AnswerServer server = new(context => Store(stored, context, isDamaging: true));
        await using IBackend backend = Open(server);
        BackendException exception = await Assert.ThrowsAsync<BackendException>(async () => await TestObject.Create(1, 10).PutAsync(backend));
        Assert.True(exception.IsTransient);
        Assert.Contains("damaged", exception.Message, StringComparison.Ordinal);
        Assert.Empty(stored);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_stalls_is_given_up(bool isInBody)
    {
        using ManualResetEventSlim end = new();
        using AnswerServer server = new(context =>
        {
            context.Response.ContentLength64 = 1000;
            if (isInBody)
            {
                context.Response.OutputStream.Write(new byte[100]);
                context.Response.OutputStream.Flush();
            }
            end.Wait();
            context.Response.Abort();
        });
        await using IBackend backend = Open(server, LineLimits.None with { StallTime = TimeSpan.FromMilliseconds(300) });
        BackendException exception = await Assert.ThrowsAsync<BackendException>(
            async () => await backend.GetAsync(TestObject.Create(1, 1).Name, 0, new byte[1000], null));
        end.Set();
        Assert.True(exception.IsTransient);
        Assert.Contains("no progress", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_ends_early_is_transient()
    {
        using AnswerServer server = new(context =>
        {
            context.Response.ContentLength64 = 1000;
            context.Response.OutputStream.Write(new byte[100]);
            context.Response.OutputStream.Flush();
            context.Response.Abort();
        });
        await using IBackend backend = Open(server);
        BackendException exception = await Assert.ThrowsAsync<BackendException>(
            async () => await backend.GetAsync(TestObject.Create(1, 1).Name, 0, new byte[1000], null));
        Assert.True(exception.IsTransient);
    }

    private static void Store(ConcurrentDictionary<string, byte[]> stored, HttpListenerContext context, bool isDamaging = false)
    {
        string path = context.Request.Url!.AbsolutePath;
        switch (context.Request.HttpMethod)
        {
            case "PUT":
                using (MemoryStream body = new())
                {
                    context.Request.InputStream.CopyTo(body);
                    stored[path] = body.ToArray();
                }
                byte[] seen = isDamaging ? [0] : stored[path];
#pragma warning disable CA5351 // An ETag is an MD5.
                AnswerServer.Answer(context, 200, "", ("ETag", $"\"{Convert.ToHexStringLower(MD5.HashData(seen))}\""));
#pragma warning restore CA5351
                break;
            case "DELETE":
                stored.TryRemove(path, out _);
                AnswerServer.Answer(context, 204);
                break;
            case "GET" when stored.TryGetValue(path, out byte[]? content):
                context.Response.Close(content, willBlock: true);
                break;
            default:
                AnswerServer.Answer(context, stored.ContainsKey(path) ? 200 : 404, AnswerServer.Error("NoSuchKey"));
                break;
        }
    }

    private static IBackend Open(AnswerServer server, LineLimits? limits = null)
        => BackendLocation.Parse(server.Location).Open(new BackendSettings
        {
            Options = new Dictionary<string, string> { ["s3.key-id"] = "key", ["s3.region"] = "us-east-1" },
            FindPassword = static _ => ValueTask.FromResult<string?>("secret"),
            Line = new Line(limits ?? LineLimits.None, TimeProvider.System),
        });
}
