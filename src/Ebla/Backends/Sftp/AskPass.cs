using System.Runtime.Versioning;

namespace Ebla.Backends.Sftp;

/// <summary>Answers what ssh asks for (a password, the passphrase of a key) with the store's password.</summary>
/// <remarks>
/// ssh runs a program to ask (SSH_ASKPASS). Ours is a script that prints a variable of its environment, which only ssh and its children
/// have: the password is in no file and in no list of arguments.
/// </remarks>
[UnsupportedOSPlatform("windows")]
internal sealed class AskPass : IDisposable
{
    /// <summary>The variable that holds the number of the process that may ask.</summary>
    public const string AskerName = "EBLA_SFTP_ASKER";

    private const string VariableName = "EBLA_SFTP_ANSWER";

    // Answers the ssh that was started, and none that this one starts to reach a host on the way: that one is not to learn the password.
    // Nor is it an answer to whether a key is to be trusted, which would be asked again and again.
    private const string Script =
        $"""
        #!/bin/sh
        [ "$PPID" = "${AskerName}" ] || exit 1
        case $1 in *yes/no*) exit 1 ;; esac
        printf '%s\n' "${VariableName}"

        """;

    private readonly string _folder;
    private readonly string _password;

    public AskPass(string password)
    {
        _password = password;

        // For its owner alone.
        _folder = Directory.CreateTempSubdirectory("ebla-askpass-").FullName;
        string path = ScriptPath;
        File.WriteAllText(path, Script);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private string ScriptPath => Path.Join(_folder, "answer");

    public void AddTo(IDictionary<string, string?> environment)
    {
        environment["SSH_ASKPASS"] = ScriptPath;

        // Even where there is a terminal and no screen (OpenSSH 8.4 and later).
        environment["SSH_ASKPASS_REQUIRE"] = "force";
        environment[VariableName] = _password;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
