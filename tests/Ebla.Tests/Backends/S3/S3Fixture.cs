using System.Diagnostics;
using Ebla.Backends;
using Ebla.Backends.Locations;
using Ebla.Tests.Backends.Servers;
using Xunit;

namespace Ebla.Tests.Backends.S3;

/// <summary>Stores with other keys and options than the server's own.</summary>
internal static class S3Fixture
{
    /// <summary>A store with these options instead of the server's, and this secret.</summary>
    public static IBackend Open(TestServer server, string location, string? secret, params (string Name, string Value)[] options)
    {
        BackendSettings settings = server.Settings();
        Dictionary<string, string> all = new(settings.Options);
        foreach ((string name, string value) in options)
        {
            all[name] = value;
        }
        return BackendLocation.Parse(location).Open(settings with
        {
            Options = all,
            FindPassword = secret is null ? settings.FindPassword : _ => ValueTask.FromResult<string?>(secret),
        });
    }

    /// <summary>The address of a server, without the bucket.</summary>
    public static string Address(TestServer server) => server.Location[..server.Location.LastIndexOf('/')];

    /// <summary>A place that nobody used before, over TLS.</summary>
    public static string NewTlsPlace(TestServer server)
        => server.Environment["TLS_LOCATION"] + server.NewPlace()[server.Location.Length..];

    /// <summary>A store over TLS, whose certificate is trusted.</summary>
    public static IBackend OpenTls(TestServer server, string location)
        => Open(server, location, null, ("s3.ca-file", server.Environment["TLS_CA_FILE"]));

    /// <summary>Runs Ceph's tool for users and quotas on a gateway.</summary>
    public static async Task AdministrateAsync(TestServer server, params string[] arguments)
    {
        ProcessStartInfo start = new("radosgw-admin", ["-c", server.Environment["CEPH_CONF"], "-n", "client.rgw", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await output;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"radosgw-admin {string.Join(' ', arguments)}: {errors}");
    }
}
