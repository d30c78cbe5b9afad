using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Ebla.Cli.Invocation;
using Ebla.Keys;
using Ebla.Primitives;

namespace Ebla.Cli.Access;

/// <summary>Finds a password in a file, the environment, or the output of a command. It is never an argument: all users see those.</summary>
/// <param name="prefix">What the names of the environment variables begin with.</param>
/// <param name="passwordFile">The option that names a file with the password.</param>
/// <param name="passwordCommand">The option that holds a command that prints the password.</param>
internal sealed class PasswordSource(string prefix, string? passwordFile, string? passwordCommand)
{
    /// <summary>The password; null if none is given. Options come before the environment; what is nearest to a password itself comes first.</summary>
    /// <exception cref="WrongKeyException">What should give it does not.</exception>
    public string? Read()
    {
        if (passwordFile is not null && passwordCommand is not null)
        {
            throw new UsageException("Give a file with the password or a command that prints it, not both.");
        }
        string? file = passwordFile;
        string? command = passwordCommand;
        if (file is null && command is null)
        {
            if (Variable("PASSWORD") is { } password)
            {
                return password;
            }
            file = Variable("PASSWORD_FILE");
            command = file is null ? Variable("PASSWORD_COMMAND") : null;
        }
        return file is not null ? FirstLine(ReadFile(file, Credential.PasswordSizeInBytesMax + 2, "password file"), file)
            : command is not null ? FirstLine(RunCommand(command), "the password command")
            : null;
    }

    /// <summary>Reads the beginning of a file of secrets, which may be a pipe: <c>&lt;(pass show backup)</c>.</summary>
    /// <exception cref="WrongKeyException">It cannot be read.</exception>
    public static byte[] ReadFile(string path, int sizeInBytesMax, string what)
    {
        try
        {
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
            throw new WrongKeyException(ReadFailure.Describe(path, what, exception), exception);
        }
    }

    private string? Variable(string name)
        => Environment.GetEnvironmentVariable(prefix + name) is { Length: > 0 } value ? value : null;

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
