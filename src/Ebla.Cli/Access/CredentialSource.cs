using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
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
    public string? KeyFilePath => GivenOr(keyFile, "KEY_FILE") is { } path ? RepositoryLocation.FullPath(path) : null;

    /// <summary>That of the options which every command has.</summary>
    public static CredentialSource Of(CommandContext context) => new(
        "EBLA_",
        context.Get(context.Globals.KeyFile),
        context.Get(context.Globals.PasswordFile),
        context.Get(context.Globals.PasswordCommand));

    /// <summary>What the options and the environment give; null if they give nothing.</summary>
    /// <exception cref="WrongKeyException">What they name cannot be read or cannot be a credential.</exception>
    public Credential? Find() => Combine(ReadPassword(), KeyFilePath);

    /// <summary>A password asked for on the terminal.</summary>
    /// <param name="context">The command.</param>
    /// <param name="isNew">Whether it is a new one, which is asked for twice.</param>
    public Credential Ask(CommandContext context, bool isNew)
    {
        if (Console.IsInputRedirected)
        {
            throw new UsageException(
                $"No password or key is given: set {prefix}PASSWORD, {prefix}PASSWORD_FILE, {prefix}PASSWORD_COMMAND "
                + $"or {prefix}KEY_FILE.");
        }
        string password = TerminalPrompt.ReadPassword(context, isNew ? "New password: " : "Password: ");
        if (isNew && TerminalPrompt.ReadPassword(context, "Once more: ") != password)
        {
            throw new UsageException("The two passwords differ.");
        }
        return Combine(password, null)!;
    }

    public static Credential? Combine(string? password, string? keyFilePath)
    {
        byte[]? keyFile = keyFilePath is null ? null : ReadFile(keyFilePath, Credential.KeyFileSizeInBytesMax + 1, "key file");
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

    // Options come before the environment; what is nearest to a password itself comes first.
    private string? ReadPassword()
    {
        if (passwordFile is not null && passwordCommand is not null)
        {
            throw new UsageException("Give a file with the password or a command that prints it, not both.");
        }
        string? file = passwordFile;
        string? command = passwordCommand;
        if (file is null && command is null)
        {
            if (GivenOr(null, "PASSWORD") is { } password)
            {
                return password;
            }
            file = GivenOr(null, "PASSWORD_FILE");
            command = file is null ? GivenOr(null, "PASSWORD_COMMAND") : null;
        }
        return file is not null ? FirstLine(ReadFile(file, Credential.PasswordSizeInBytesMax + 2, "password file"), file)
            : command is not null ? FirstLine(RunCommand(command), "the password command")
            : null;
    }

    private string? GivenOr(string? option, string variable)
    {
        string? value = option ?? Environment.GetEnvironmentVariable(prefix + variable);
        return string.IsNullOrEmpty(value) ? null : value;
    }

    private static byte[] ReadFile(string path, int sizeInBytesMax, string what)
    {
        try
        {
            // It may be a pipe: <(pass show backup).
            using FileStream file = new(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            byte[] content = new byte[sizeInBytesMax];
            int length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            byte[] read = content[..length];
            CryptographicOperations.ZeroMemory(content);
            return read;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new WrongKeyException($"The {what} cannot be read: {exception.Message}", exception);
        }
    }

    private static string FirstLine(byte[] bytes, string origin)
    {
        int end = bytes.AsSpan().IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? bytes : bytes.AsSpan(0, end);
        line = line.TrimEnd((byte)'\r');
        if (line.IsEmpty)
        {
            throw new WrongKeyException($"{origin}: there is no password in the first line.");
        }
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(line);
        }
        catch (DecoderFallbackException exception)
        {
            throw new WrongKeyException($"{origin}: the password is not UTF-8.", exception);
        }
    }

    private static byte[] RunCommand(string command)
    {
        ProcessStartInfo start = new("/bin/sh") { RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(command);
        using Process process = Process.Start(start) ?? throw new WrongKeyException("The password command cannot be started.");
        using MemoryStream output = new();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.ToArray()
            : throw new WrongKeyException($"The password command failed: it exited with {process.ExitCode}.");
    }
}
