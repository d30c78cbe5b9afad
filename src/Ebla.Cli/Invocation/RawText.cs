using System.Text;

namespace Ebla.Cli.Invocation;

/// <summary>
/// Bytes as text without loss: a byte that is not part of valid UTF-8 becomes a lone surrogate, U+DC00 plus the byte (the way
/// of Python's "surrogateescape", PEP 383). So arguments that name files can go through the parser as text.
/// </summary>
internal static class RawText
{
    private const char EscapeBase = '\uDC00';

    /// <summary>Whether an argument was UTF-8; one that really holds U+FFFD was.</summary>
    public static bool IsText(string text) => !text.Replace('\uFFFD', ' ').EnumerateRunes().Contains(Rune.ReplacementChar);

    /// <summary>The arguments as they were given: the runtime has replaced what is not UTF-8 by U+FFFD.</summary>
    public static string[] RestoreArguments(string[] arguments)
    {
        if (!arguments.Any(argument => argument.Contains('\uFFFD', StringComparison.Ordinal)))
        {
            return arguments;
        }
        // Each argument ends with a zero; the program itself stands before them.
        string[] all = [.. Split(File.ReadAllBytes("/proc/self/cmdline")).Select(bytes => Decode(bytes))];
        return all.Length > arguments.Length ? all[^arguments.Length..] : arguments;
    }

    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int consumed) == System.Buffers.OperationStatus.Done)
            {
                _ = text.Append(rune.ToString());
            }
            else
            {
                foreach (byte b in bytes[..consumed])
                {
                    _ = text.Append((char)(EscapeBase + b));
                }
            }
            bytes = bytes[consumed..];
        }
        return text.ToString();
    }

    public static byte[] Encode(ReadOnlySpan<char> text)
    {
        List<byte> bytes = new(text.Length);
        Span<byte> utf8 = stackalloc byte[4];
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out Rune rune, out int consumed) == System.Buffers.OperationStatus.Done)
            {
                bytes.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
            }
            else if (text[0] is > (char)(EscapeBase + 0x7F) and <= (char)(EscapeBase + 0xFF))
            {
                bytes.Add((byte)(text[0] - EscapeBase));
            }
            else
            {
                throw new UsageException("An argument holds half a character.");
            }
            text = text[consumed..];
        }
        return [.. bytes];
    }

    private static IEnumerable<byte[]> Split(byte[] zeroEnded)
    {
        int start = 0;
        for (int i = 0; i < zeroEnded.Length; i++)
        {
            if (zeroEnded[i] == 0)
            {
                yield return zeroEnded[start..i];
                start = i + 1;
            }
        }
    }
}
