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
    private const string VariableName = "EBLA_SFTP_ANSWER";

    private const string Script = "#!/bin/sh\nprintf '%s\\n' \"$" + VariableName + "\"\n";

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
