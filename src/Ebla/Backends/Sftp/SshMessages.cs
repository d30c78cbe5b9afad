using System.Text;
using System.Text.RegularExpressions;
using Ebla.Primitives;

namespace Ebla.Backends.Sftp;

/// <summary>What ssh says on its standard error, and what that means. Keeps the last lines only.</summary>
/// <param name="where">The location, for messages.</param>
/// <param name="notice">Told that the key of a new server was noted.</param>
internal sealed partial class SshMessages(string where, Action<string> notice)
{
    private const int LinesMax = 30;
    private const int LineLengthMax = 500;
    private const string DebugPrefix = "debug";

    // Exit code of a shell that finds no such program.
    private const int NotFound = 127;

    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = [];
    private readonly StringBuilder _line = new();
    private string? _hostKey;

    /// <summary>The location, for messages.</summary>
    public string Where => where;

    /// <summary>Takes a piece of the text.</summary>
    public void Add(string text)
    {
        lock (_lock)
        {
            foreach (char character in text)
            {
                if (character == '\n')
                {
                    Take(_line.ToString().TrimEnd('\r'));
                    _ = _line.Clear();
                }
                else if (_line.Length < LineLengthMax)
                {
                    _ = _line.Append(character);
                }
            }
        }
    }

    /// <summary>Why ssh ended.</summary>
    /// <param name="exitCode">Null if it was killed.</param>
    public SftpFailure Explain(int? exitCode)
    {
        lock (_lock)
        {
            string last = _lines.LastOrDefault(static line => Trouble().IsMatch(line)) ?? _lines.LastOrDefault() ?? "";
            return IsSaid("REMOTE HOST IDENTIFICATION HAS CHANGED")
                ? Denied($"the key of the server has CHANGED{Key}. Either somebody is in between, or the server was set up anew. If you know "
                    + $"that it was, remove the old key: {Removal()}")
                : IsSaid("Host key verification failed") || IsSaid("host key is known for")
                ? Denied($"the key of the server is not known{Key}. If this is its key, use --accept-new-host-key once, or connect once with ssh")
                : Find("Permission denied (") is { } denied
                ? Denied($"the server does not let us in: {OneLine.From(denied[denied.IndexOf("Permission", StringComparison.Ordinal)..])}{Hint()}")
                : IsSaid("Too many authentication failures")
                ? Denied("the server does not let us in: too many keys were offered. Name the right one: -o sftp.identity=FILE")
                : IsSaid("subsystem request failed")
                ? Lasting("the server offers no SFTP")
                : exitCode == NotFound
                ? Lasting($"ssh cannot be run. Install OpenSSH's client ({OneLine.From(last)})")
                : LastingTrouble() is { } trouble
                ? Lasting($"ssh says: {OneLine.From(trouble)}")
                : new SftpFailure(
                    $"{where}: the connection failed: {(last.Length > 0 ? OneLine.From(last).TrimEnd('.') : "it was closed")}.", IsTransient: true)
                {
                    Kind = NoContact().IsMatch(last) ? BackendFailureKind.NoContact : BackendFailureKind.Other,
                };
        }
    }

    // The key that was shown last: with hosts on the way, each shows its own.
    private string Key => _hostKey is null ? "" : $" ({_hostKey})";

    private SftpFailure Denied(string what) => new($"{where}: {what.TrimEnd('.')}.", IsTransient: false, IsAccessDenied: true);

    private SftpFailure Lasting(string what) => new($"{where}: {what.TrimEnd('.')}.", IsTransient: false);

    private bool IsSaid(string words) => Find(words) is not null;

    private string? Find(string words) => _lines.LastOrDefault(line => line.Contains(words, StringComparison.Ordinal));

    // Failures that trying again does not mend.
    private string? LastingTrouble()
        => Find("no matching") ?? Find("Bad configuration option") ?? Find("Bad owner or permissions") ?? Find("Can't open user config file")
            ?? Find("terminating,") ?? Find("no argument after keyword") ?? Find("unknown option") ?? Find("hostname contains invalid characters");

    private string Removal()
        => Find("ssh-keygen -f")?.Trim() ?? Find("ssh-keygen -R")?.Trim() ?? "ssh-keygen -R HOST";

    private string Hint()
        => Find("Load key") is { } key ? $" ({OneLine.From(key).TrimEnd('.')})"
            : Find("not accessible") is { } missing ? $" ({OneLine.From(missing).TrimEnd('.')})"
            : Find("UNPROTECTED PRIVATE KEY FILE") is not null ? " (the file of the private key can be read by others: chmod 600)"
            : "";

    private void Take(string line)
    {
        if (line.StartsWith(DebugPrefix, StringComparison.Ordinal))
        {
            if (HostKey().Match(line) is { Success: true } match)
            {
                _hostKey = OneLine.From(match.Groups[1].Value);
            }
            return;
        }
        if (line.StartsWith("Warning: Permanently added", StringComparison.Ordinal))
        {
            notice($"{where}: the key of the server is new{Key}. It is noted and trusted from now on.");
            return;
        }
        if (Chatter().IsMatch(line))
        {
            return;
        }
        _lines.Enqueue(line);
        if (_lines.Count > LinesMax)
        {
            _ = _lines.Dequeue();
        }
    }

    [GeneratedRegex(@"^debug1: Server host key: (\S+ \S+)")]
    private static partial Regex HostKey();

    // How ssh begins the lines that tell why a connection failed. Others may come from the server, as a greeting.
    [GeneratedRegex(@"^(ssh: |ssh_|Connection |Connecting |kex_|Timeout|client_loop|Read from|packet_write|channel |mux_|Received |Disconnected)")]
    private static partial Regex Trouble();

    // Of the first host on the way only: what a later one cannot reach, a host says that was reached.
    [GeneratedRegex(@"^ssh: (Could not resolve hostname|connect to host) ")]
    private static partial Regex NoContact();

    // What -v adds without "debug1".
    [GeneratedRegex(@"^(OpenSSH_|Authenticated to |Transferred: |Bytes per second: |Authenticating to |\s*$)")]
    private static partial Regex Chatter();
}
