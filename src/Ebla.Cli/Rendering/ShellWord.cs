using System.Globalization;
using System.Text;
using Ebla.Primitives;

namespace Ebla.Cli.Rendering;

/// <summary>A name as a shell reads it back: a command that is printed can be copied and run.</summary>
internal static class ShellWord
{
    private const string Plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@%,=";

    /// <summary>As it is if the shell leaves it alone; in single quotes; or, with bytes that a terminal cannot show, in $'' (bash, zsh).</summary>
    public static string Quote(ByteName name)
    {
        string text = name.ToString();
        bool isShown = name == ByteName.FromText(text) && !text.Any(char.IsControl);
        if (!isShown)
        {
            StringBuilder escaped = new("$'");
            foreach (byte b in name.Span)
            {
                _ = b is >= 0x20 and < 0x7F && b != (byte)'\'' && b != (byte)'\\'
                    ? escaped.Append((char)b)
                    : escaped.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");
            }
            return escaped.Append('\'').ToString();
        }
        return text.Length > 0 && text.All(Plain.Contains) ? text : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}
