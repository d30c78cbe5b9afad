using System.Text;
using Ebla.Cli.Invocation;

namespace Ebla.Cli.Access;

/// <summary>Files and standard input, read as they are.</summary>
internal static class InputFile
{
    /// <summary>What names standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>Reads a file to its end; "-" is standard input.</summary>
    /// <exception cref="UsageException">It cannot be read, or is too long.</exception>
    public static byte[] ReadAll(string path, int sizeInBytesMax, string what)
    {
        using MemoryStream content = new();
        try
        {
            using Stream stream = path == StandardInput ? Console.OpenStandardInput() : Open(path);
            byte[] buffer = new byte[64 << 10];
            for (int read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
            {
                content.Write(buffer.AsSpan(0, read));
                if (content.Length > sizeInBytesMax)
                {
                    throw new UsageException($"{path}: a {what} may have {sizeInBytesMax >> 20} MiB.");
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException(ReadFailure.Describe(path, what, exception));
        }
        return content.ToArray();
    }

    private static FileStream Open(string path)
        => path.EnumerateRunes().Contains(Rune.ReplacementChar)
            ? throw new UsageException("The path of a file to read from must be UTF-8.")
            : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
}
