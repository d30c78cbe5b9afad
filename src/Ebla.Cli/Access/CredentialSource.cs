using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Ebla.Cli.Invocation;
using Ebla.Keys;
using Ebla.Primitives;

namespace Ebla.Cli.Access;

/// <summary>Finds the password, the key file, or both. Neither is ever an argument: arguments are seen by every user of the machine.</summary>
internal static class CredentialSource
{
    /// <summary>What the options and the environment give; null if they give nothing.</summary>
    /// <exception cref="WrongKeyException">What they name cannot be read or cannot be a credential.</exception>
    public static Credential? Find(CommandContext context) => Combine(ReadPassword(context), KeyFilePath(context));

    /// <summary>A password asked for on the terminal.</summary>
    /// <param name="context">The command.</param>
    /// <param name="isNew">Whether it is a new one, which is asked for twice.</param>
    public static Credential Ask(CommandContext context, bool isNew)
    {
        if (Console.IsInputRedirected)
        {
            throw new UsageException(
                "No password or key is given: set EBLA_PASSWORD, EBLA_PASSWORD_FILE, EBLA_PASSWORD_COMMAND or EBLA_KEY_FILE.");
        }
        string password = TerminalPrompt.ReadPassword(context, isNew ? "New password: " : "Password: ");
        if (isNew && TerminalPrompt.ReadPassword(context, "Once more: ") != password)
        {
            throw new UsageException("The two passwords differ.");
        }
        return Combine(password, null)!;
    }

    /// <summary>The key file that the options or the environment name, as a full path; null if they name none.</summary>
    public static string? KeyFilePath(CommandContext context)
    {
        string? path = OptionOr(context.Get(context.Globals.KeyFile), "EBLA_KEY_FILE");
        return path is null ? null : RepositoryLocation.FullPath(path);
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
    private static string? ReadPassword(CommandContext context)
    {
        string? file = context.Get(context.Globals.PasswordFile);
        string? command = context.Get(context.Globals.PasswordCommand);
        if (file is not null && command is not null)
        {
            throw new UsageException("Give --password-file or --password-command, not both.");
        }
        if (file is null && command is null)
        {
            if (OptionOr(null, "EBLA_PASSWORD") is { } password)
            {
                return password;
            }
            file = OptionOr(null, "EBLA_PASSWORD_FILE");
            command = file is null ? OptionOr(null, "EBLA_PASSWORD_COMMAND") : null;
        }
        return file is not null ? FirstLine(ReadFile(file, Credential.PasswordSizeInBytesMax + 2, "password file"), file)
            : command is not null ? FirstLine(RunCommand(command), "the password command")
            : null;
    }

    private static string? OptionOr(string? option, string variable)
    {
        string? value = option ?? Environment.GetEnvironmentVariable(variable);
        return string.IsNullOrEmpty(value) ? null : value;
    }

    private static byte[] ReadFile(string path, int sizeInBytesMax, string what)
    {
        try
        {
            // It may be a pipe: <(pass show backup).
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
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
