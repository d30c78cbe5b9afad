using System.Security.Cryptography;
using Ebla.Cli.Invocation;
using Ebla.Keys;
using Ebla.Primitives;

namespace Ebla.Cli.Access;

/// <summary>
/// Finds the password, the key file, or both. Neither is ever an argument: arguments are seen by every user of the machine.
/// </summary>
/// <param name="prefix">What the names of the environment variables begin with.</param>
/// <param name="keyFile">The option that names a key file.</param>
/// <param name="passwordFile">The option that names a file with the password.</param>
/// <param name="passwordCommand">The option that holds a command that prints the password.</param>
internal sealed class CredentialSource(string prefix, string? keyFile, string? passwordFile, string? passwordCommand)
{
    /// <summary>The key file that the options or the environment name, as a full path; null if they name none.</summary>
    public string? KeyFilePath => GivenOr(keyFile, "KEY_FILE") is { } path ? UserFolders.FullPath(path) : null;

    /// <summary>That of the options which every command has.</summary>
    public static CredentialSource Of(CommandContext context) => new(
        "EBLA_",
        context.Get(context.Globals.KeyFile),
        context.Get(context.Globals.PasswordFile),
        context.Get(context.Globals.PasswordCommand));

    /// <summary>What the options and the environment give; null if they give nothing.</summary>
    /// <exception cref="WrongKeyException">What they name cannot be read or cannot be a credential.</exception>
    public Credential? Find() => Combine(new PasswordSource(prefix, passwordFile, passwordCommand).Read(), KeyFilePath);

    /// <summary>A password asked for on the terminal.</summary>
    /// <param name="context">The command.</param>
    /// <param name="isNew">Whether it is a new one, which is asked for twice.</param>
    /// <param name="prompt">What to ask with, if it is not to be the usual.</param>
    public Credential Ask(CommandContext context, bool isNew, string prompt = "Password: ")
    {
        if (Console.IsInputRedirected)
        {
            throw new UsageException(
                $"No password or key is given: set {prefix}PASSWORD, {prefix}PASSWORD_FILE, {prefix}PASSWORD_COMMAND "
                + $"or {prefix}KEY_FILE.");
        }
        string password = TerminalPrompt.ReadPassword(context, isNew ? "New password: " : prompt);
        if (isNew && TerminalPrompt.ReadPassword(context, "Once more: ") != password)
        {
            throw new UsageException("The two passwords differ.");
        }
        return Combine(password, null)!;
    }

    public static Credential? Combine(string? password, string? keyFilePath)
    {
        byte[]? keyFile = keyFilePath is null ? null : PasswordSource.ReadFile(keyFilePath, Credential.KeyFileSizeInBytesMax + 1, "key file");
        try
        {
            return (password, keyFile) switch
            {
                (null, null) => null,
                (null, _) => Credential.FromKeyFile(keyFile),
                (_, null) => Credential.FromPassword(password),
                _ => Credential.FromPasswordAndKeyFile(password, keyFile),
            };
        }
        catch (ArgumentException exception)
        {
            string where = exception.ParamName == "content" ? $"{keyFilePath}: " : "";
            throw new WrongKeyException($"{where}{exception.Message.Split(" (Parameter")[0]}", exception);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keyFile);
        }
    }

    private string? GivenOr(string? option, string variable)
    {
        string? value = option ?? Environment.GetEnvironmentVariable(prefix + variable);
        return string.IsNullOrEmpty(value) ? null : value;
    }
}
