using System.Diagnostics;
using Ebla.Backends;
using Ebla.Backends.Locations;
using Ebla.Backends.Traffic;
using Ebla.Tests.Backends.Servers;

namespace Ebla.Tests.Backends.Sftp;

/// <summary>An OpenSSH server for tests that break things, and so share it with nobody else.</summary>
internal sealed class SftpServer
{
    private readonly TestServer _server = TestServer.Get("sshd", "PURPOSE=faults");

    public string Location => _server.Location;

    /// <summary>Where it has its keys and files.</summary>
    public string Folder => Path.GetDirectoryName(_server.Settings().Options["sftp.config"])!;

    public string NewPlace() => _server.NewPlace();

    public IBackend Open(string location, Func<BackendSettings, BackendSettings>? change = null)
        => BackendLocation.Parse(location).Open(change is null ? _server.Settings() : change(_server.Settings()));

    /// <summary>Another configuration for ssh than the server's own, with lines that come first and so win.</summary>
    public BackendSettings With(string folder, params string[] lines)
    {
        string path = Path.Join(folder, "ssh_config");
        File.WriteAllLines(path, [.. lines, .. File.ReadAllLines(Path.Join(Folder, "ssh_config"))]);
        return new BackendSettings { Options = new Dictionary<string, string> { ["sftp.config"] = path } };
    }

    /// <summary>Settings with little patience.</summary>
    public BackendSettings Impatient()
        => _server.Settings() with { Line = new Line(LineLimits.None with { StallTime = TimeSpan.FromSeconds(4) }, TimeProvider.System) };

    /// <summary>Kills the processes that serve sessions, or stops them and lets them go on ("STOP", "CONT").</summary>
    public void SignalSessions(string signal = "KILL")
    {
        string listener = File.ReadAllText(Path.Join(Folder, "sshd.pid")).Trim();
        string script = "all() { for p in $(ps -o pid= --ppid $1); do all $p; echo $p; done; }; "
            + $"kill -{signal} $(all {listener}) 2> /dev/null";
        using Process process = Process.Start("/bin/bash", ["-c", script]);
        process.WaitForExit();
    }
}
