using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;

namespace Ebla.Backends.Sftp;

/// <summary>How the system's OpenSSH client is called, so that its standard streams are a session of the server's SFTP.</summary>
/// <param name="location">Which host, as whom.</param>
/// <param name="options">What the user chose.</param>
[UnsupportedOSPlatform("windows")]
internal sealed class SshCommand(SftpLocation location, SftpOptions options)
{
    // A signal from the keyboard goes to all programs of the terminal. Ours wants to end its work in order, and needs the line for that.
    // OpenSSH leaves signals ignored that were ignored when it began.
    private const string IgnoringSignals = "trap '' HUP INT QUIT TERM; ";

    // The shell becomes ssh, so its number is that of ssh.
    private const string NamingItself = $"export {AskPass.AskerName}=$$; ";

    private const string OurVariables = "EBLA_";

    /// <summary>What to start.</summary>
    /// <param name="stallTime">How long the line may be silent.</param>
    /// <param name="askPass">Answers what ssh asks; null if nothing may be asked.</param>
    public ProcessStartInfo StartInfo(TimeSpan stallTime, AskPass? askPass)
    {
        ProcessStartInfo start = new("/bin/sh")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add("-c");
        if (options.Command is { } command)
        {
            start.ArgumentList.Add(IgnoringSignals + command);
        }
        else
        {
            start.ArgumentList.Add(IgnoringSignals + NamingItself + "exec ssh \"$@\"");
            start.ArgumentList.Add("ssh");
            foreach (string argument in Arguments(stallTime, askPass is not null))
            {
                start.ArgumentList.Add(argument);
            }
        }
        foreach (string name in start.Environment.Keys.Where(static name => name.StartsWith(OurVariables, StringComparison.Ordinal)).ToArray())
        {
            // Passwords and keys, which are no business of ssh or of the other end.
            _ = start.Environment.Remove(name);
        }
        askPass?.AddTo(start.Environment);
        return start;
    }

    private IEnumerable<string> Arguments(TimeSpan stallTime, bool mayAsk)
    {
        int silence = (int)Math.Clamp(Math.Ceiling(stallTime.TotalSeconds), 1, 3600);

        // Tells the key of the server, among much else.
        yield return "-v";
        if (options.ConfigFile is { } file)
        {
            yield return "-F";
            yield return file;
        }
        if (options.IdentityFile is { } identity)
        {
            yield return "-i";
            yield return identity;
            yield return "-oIdentitiesOnly=yes";
        }
        yield return mayAsk ? "-oBatchMode=no" : "-oBatchMode=yes";
        yield return "-oNumberOfPasswordPrompts=1";
        yield return options.AcceptsNewHostKey ? "-oStrictHostKeyChecking=accept-new" : "-oStrictHostKeyChecking=yes";
        yield return string.Create(CultureInfo.InvariantCulture, $"-oConnectTimeout={silence}");

        // Before we give up ourselves, so that ssh's words tell why.
        yield return string.Create(CultureInfo.InvariantCulture, $"-oServerAliveInterval={Math.Max(1, silence / 4)}");
        yield return "-oServerAliveCountMax=3";

        // A shared connection of the user's is used. Becoming one would leave a process behind.
        yield return "-oControlMaster=no";

        // What a login may want and this is not.
        yield return "-oForwardAgent=no";
        yield return "-oForwardX11=no";
        yield return "-oClearAllForwardings=yes";
        yield return "-oPermitLocalCommand=no";
        yield return "-oRemoteCommand=none";
        yield return "-oRequestTTY=no";
        if (location.Port is { } port)
        {
            yield return "-p";
            yield return port.ToString(CultureInfo.InvariantCulture);
        }
        if (location.User is { } user)
        {
            yield return "-l";
            yield return user;
        }
        yield return "-s";
        yield return "--";
        yield return location.Host;
        yield return "sftp";
    }
}
