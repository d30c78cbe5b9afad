using System.Text;

namespace Ebla.Backends.Sftp;

/// <summary>Makes text of a server fit for a message: one line, no control characters, not long.</summary>
internal static class OneLine
{
    private const int LengthMax = 300;

    public static string From(string text)
    {
        StringBuilder line = new();
        foreach (char character in text.AsSpan(0, Math.Min(text.Length, LengthMax)))
        {
            _ = line.Append(char.IsControl(character) ? ' ' : character);
        }
        return line.ToString().Trim();
    }
}
