using System.CommandLine;
using Ebla.Backends;
using Ebla.Backends.Locations;
using Ebla.Cli.Invocation;
using Ebla.Keys;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Cli.Access;

/// <summary>The options of commands that read a second repository: what opens it and the store that it lies in.</summary>
internal sealed class FromOptions
{
    private const string Prefix = "EBLA_FROM_";

    private readonly Option<string?> _keyFile = new("--from-key-file")
    {
        Description = "The key file of the other repository. Or EBLA_FROM_KEY_FILE.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _passwordFile = new("--from-password-file")
    {
        Description = "The other repository's password is the first line of this file. Or EBLA_FROM_PASSWORD_FILE, or EBLA_FROM_PASSWORD itself.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _passwordCommand = new("--from-password-command")
    {
        Description = "Its password is the first line that this shell command prints. Or EBLA_FROM_PASSWORD_COMMAND.",
        HelpName = "COMMAND",
    };

    private readonly Option<string[]> _settings = new("--from-option")
    {
        Description = "An option of the other repository's kind of store, as -o has them for the repository itself. Or EBLA_FROM_OPTIONS.",
        HelpName = "NAME=VALUE",
    };

    private readonly Option<string?> _storePasswordFile = new("--from-store-password-file")
    {
        Description = "The password of the other store. Or EBLA_FROM_STORE_PASSWORD_FILE, or EBLA_FROM_STORE_PASSWORD itself.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _storePasswordCommand = new("--from-store-password-command")
    {
        Description = "The password of the other store is what this prints. Or EBLA_FROM_STORE_PASSWORD_COMMAND.",
        HelpName = "COMMAND",
    };

    public void AddTo(Command command)
    {
        command.Add(_keyFile);
        command.Add(_passwordFile);
        command.Add(_passwordCommand);
        command.Add(_settings);
        command.Add(_storePasswordFile);
        command.Add(_storePasswordCommand);
    }

    /// <summary>Opens the other repository.</summary>
    /// <exception cref="NoRepositoryException">There is none.</exception>
    public async Task<Repository> OpenAsync(CommandContext context, string location)
    {
        var parsed = BackendLocation.Parse(location);
        IBackend backend = context.Store.OpenOther(
            parsed,
            Environment.GetEnvironmentVariable(Prefix + "OPTIONS"),
            context.Get(_settings) ?? [],
            new PasswordSource(Prefix + "STORE_", context.Get(_storePasswordFile), context.Get(_storePasswordCommand)));
        Credential? credential = null;
        try
        {
            CredentialSource source = new(
                Prefix, context.Get(_keyFile), context.Get(_passwordFile), context.Get(_passwordCommand));
            return await Repository.OpenAsync(
                backend,
                () => credential = source.Find() ?? source.Ask(context, isNew: false, $"Password of {parsed}: "),
                RepositoryAccess.Options(context, new RepositoryLocation(parsed, IsDefault: false)),
                context.CancellationToken);
        }
        catch (Exception exception)
        {
            await backend.DisposeAsync();
            throw exception switch
            {
                NoRepositoryException { InnerException: NoRepositoryException missing } => missing,
                NoRepositoryException => new NoRepositoryException($"There is no repository at {parsed}.", exception),
                WrongKeyException => new WrongKeyException($"{parsed}: {exception.Message}", exception),
                _ => exception,
            };
        }
        finally
        {
            credential?.Dispose();
        }
    }
}
