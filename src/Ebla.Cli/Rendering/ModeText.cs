using Ebla.Primitives;

namespace Ebla.Cli.Rendering;

/// <summary>Types and permissions as ls shows them.</summary>
internal static class ModeText
{
    private const int SetUserId = 0x800; // 04000
    private const int SetGroupId = 0x400; // 02000
    private const int Sticky = 0x200; // 01000

    /// <summary>As in "-rw-r--r--" or "drwxrwxrwt".</summary>
    public static string Format(FileType type, int mode)
    {
        Span<char> text = stackalloc char[10];
        text[0] = type switch
        {
            FileType.Directory => 'd',
            FileType.SymbolicLink => 'l',
            FileType.Fifo => 'p',
            FileType.Socket => 's',
            FileType.CharacterDevice => 'c',
            FileType.BlockDevice => 'b',
            _ => '-',
        };
        for (int i = 0; i < 9; i++)
        {
            text[i + 1] = (mode & (1 << (8 - i))) != 0 ? "rwx"[i % 3] : '-';
        }
        Mark(text, 3, mode & SetUserId, 's');
        Mark(text, 6, mode & SetGroupId, 's');
        Mark(text, 9, mode & Sticky, 't');
        return text.ToString();
    }

    private static void Mark(Span<char> text, int place, int bit, char mark)
    {
        if (bit != 0)
        {
            text[place] = text[place] == 'x' ? mark : char.ToUpperInvariant(mark);
        }
    }
}
