using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Ebla.Backends;
using Ebla.Backends.Locations;
using Ebla.Tests.Architecture;

namespace Ebla.Tests.Backends.Servers;

/// <summary>A real server on this machine, started by a script of tests/servers. One of a kind in a test run, ended with it.</summary>
internal sealed class TestServer
{
    private static readonly Dictionary<string, Lazy<TestServer>> Servers = [];

    private static int _portsTried;

    private readonly string _script;
    private readonly string _folder = Directory.CreateTempSubdirectory("ebla-server-").FullName;
    private readonly IReadOnlyDictionary<string, string> _variant;
    private int _placesTaken;

    private TestServer(string name, IReadOnlyDictionary<string, string> variant)
    {
        _script = Path.Join(Checkout.Root, "tests", "servers", name);
        _variant = variant;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Stop();
        Run("start", _folder, $"{FreePort()}");
        Location = File.ReadAllLines(Path.Join(_folder, "location"))[0];
        Environment = File.ReadAllLines(Path.Join(_folder, "environment"))
            .Where(static line => line.Length > 0)
            .Select(static line => line.Split('=', 2))
            .ToDictionary(static pair => pair[0], static pair => pair[1]);
    }

    /// <summary>What names a place on this server, if "/" and a name are added.</summary>
    public string Location { get; }

    /// <summary>What the command line would find in its environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>The server of this name, started if it does not run yet.</summary>
    /// <param name="name">A script in tests/servers.</param>
    /// <param name="variant">Environment variables for the script, as "TLS=1".</param>
    public static TestServer Get(string name, params string[] variant)
    {
        lock (Servers)
        {
            string key = string.Join(' ', [name, .. variant]);
            if (!Servers.TryGetValue(key, out Lazy<TestServer>? server))
            {
                Dictionary<string, string> variables = variant.Select(static text => text.Split('=', 2))
                    .ToDictionary(static pair => pair[0], static pair => pair[1]);
                server = new Lazy<TestServer>(() => new TestServer(name, variables));
                Servers.Add(key, server);
            }
            return server.Value;
        }
    }

    /// <summary>A location on this server that nobody used before.</summary>
    public string NewPlace() => $"{Location}/place-{Interlocked.Increment(ref _placesTaken)}";

    /// <summary>A store, without any decorator, with the options and the password that the server's environment names.</summary>
    public IBackend Open(string location) => BackendLocation.Parse(location).Open(Settings());

    /// <summary>Settings with the options and the password that the server's environment names.</summary>
    public BackendSettings Settings()
    {
        string[] arguments = Environment.GetValueOrDefault("OPTIONS", "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new BackendSettings
        {
            Options = arguments.Where(static argument => argument.Contains('=', StringComparison.Ordinal))
                .Select(static argument => argument.Split('=', 2))
                .ToDictionary(static pair => pair[0], static pair => pair[1]),
            FindPassword = _ => ValueTask.FromResult(Environment.GetValueOrDefault("EBLA_STORE_PASSWORD")),
        };
    }

    // Below the ports that connections get by themselves, so that none of these takes it before the server does.
    private static int FreePort()
    {
        while (true)
        {
            int port = 10_000 + (System.Environment.ProcessId * 64 + Interlocked.Increment(ref _portsTried)) % 20_000;
            try
            {
                using TcpListener listener = new(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }

    private void Stop()
    {
        Run("stop", _folder);
        Directory.Delete(_folder, recursive: true);
    }

    private void Run(params string[] arguments)
    {
        // To a file, not a pipe: what the server's processes inherit would keep a pipe open.
        string log = Path.Join(_folder, "script.log");
        ProcessStartInfo start = new("/bin/bash") { UseShellExecute = false };
        foreach (string argument in (string[])["-c", "exec \"$@\" > \"$0\" 2>&1 < /dev/null", log, _script, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }
        foreach ((string name, string value) in _variant)
        {
            start.Environment[name] = value;
        }
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{_script} {arguments[0]} failed:\n{File.ReadAllText(log)}");
        }
    }
}
