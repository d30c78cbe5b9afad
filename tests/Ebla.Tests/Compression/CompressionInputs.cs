using System.Formats.Tar;
using System.Text;

namespace Ebla.Tests.Compression;

internal static class CompressionInputs
{
    public static byte[] Random(int length, int seed = 1)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Words in random order: compresses to about a third, by matches and by entropy coding.</summary>
    public static byte[] Text(int length, int seed = 1)
    {
        Random random = new(seed);
        string[] words = [.. Enumerable.Range(0, 2000).Select(_ => new string(
            [.. Enumerable.Range(0, random.Next(2, 10)).Select(_ => (char)('a' + random.Next(26) * random.Next(26) / 26))]))];
        StringBuilder text = new();
        while (text.Length < length)
        {
            text.Append(words[random.Next(words.Length)]).Append(random.Next(12) == 0 ? '\n' : ' ');
        }
        return Encoding.ASCII.GetBytes(text.ToString(0, length));
    }

    /// <summary>Half text, half random: compressed and raw blocks in one frame.</summary>
    public static byte[] Mixed(int length) => [.. Text(length / 2), .. Random(length - length / 2)];

    /// <summary>A tar of the assemblies that these tests run from.</summary>
    public static byte[] TarOfPrograms(int length)
    {
        MemoryStream tar = new();
        using (TarWriter writer = new(tar, leaveOpen: true))
        {
            foreach (string path in Directory.GetFiles(AppContext.BaseDirectory, "*.dll").Order(StringComparer.Ordinal))
            {
                writer.WriteEntry(path, Path.GetFileName(path));
            }
        }
        return tar.ToArray()[..length];
    }
}
