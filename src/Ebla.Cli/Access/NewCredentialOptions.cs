using System.CommandLine;
using Ebla.Cli.Invocation;
using Ebla.Keys;

namespace Ebla.Cli.Access;

/// <summary>The options of commands that take a second credential: the one that is to open the repository from now on.</summary>
internal sealed class NewCredentialOptions
{
    private readonly Option<string?> _keyFile = new("--new-key-file")
    {
        Description = "The new key file; made if it is not there. Or EBLA_NEW_KEY_FILE.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _passwordFile = new("--new-password-file")
    {
        Description = "The new password is the first line of this file. Or EBLA_NEW_PASSWORD_FILE, or EBLA_NEW_PASSWORD itself.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _passwordCommand = new("--new-password-command")
    {
        Description = "The new password is the first line that this shell command prints. Or EBLA_NEW_PASSWORD_COMMAND.",
        HelpName = "COMMAND",
    };

    public void AddTo(Command command)
    {
        command.Add(_keyFile);
        command.Add(_passwordFile);
        command.Add(_passwordCommand);
    }

    public Credential Find(CommandContext context)
    {
        CredentialSource source = new(
            "EBLA_NEW_", context.Get(_keyFile), context.Get(_passwordFile), context.Get(_passwordCommand));
        if (source.KeyFilePath is { } path)
        {
            _ = RepositoryAccess.CreateKeyFile(context, path);
        }
        return source.Find() ?? source.Ask(context, isNew: true);
    }
}
