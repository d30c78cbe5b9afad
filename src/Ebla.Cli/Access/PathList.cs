using Ebla.Cli.Invocation;
using Ebla.Primitives;

namespace Ebla.Cli.Access;

/// <summary>Lists of paths that other programs made.</summary>
internal static class PathList
{
    /// <summary>1 GiB: some ten million paths. They are held in memory.</summary>
    private const int SizeInBytesMax = 1 << 30;

    /// <summary>The paths in a file: one a line, or each ended by a zero byte. Empty ones do not count; nothing has a special meaning.</summary>
    /// <exception cref="UsageException">It cannot be read, or is no such list.</exception>
    public static IReadOnlyList<ByteName> Read(string path, bool isZeroEnded)
    {
        ReadOnlySpan<byte> content = InputFile.ReadAll(path, SizeInBytesMax, "list of paths");
        if (!isZeroEnded && content.Contains((byte)0))
        {
            throw new UsageException($"{path}: there are zero bytes in this list: use --files-from0.");
        }
        List<ByteName> paths = [];
        foreach (Range range in content.Split(isZeroEnded ? (byte)0 : (byte)'\n'))
        {
            if (!content[range].IsEmpty)
            {
                paths.Add(new ByteName(content[range]));
            }
        }
        return paths;
    }
}
