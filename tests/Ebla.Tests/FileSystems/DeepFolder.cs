using Ebla.FileSystems;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.FileSystems;

/// <summary>A chain of directories far deeper than any path reaches, made and read by descriptors.</summary>
internal static class DeepFolder
{
    private static readonly ByteName Below = ByteName.FromText("m");

    /// <summary>Makes the chain: files stand beside the way down, before and behind it, at some levels.</summary>
    /// <returns>How many files there are.</returns>
    public static int Make(TargetDirectory into, int depth)
    {
        int files = 0;
        TargetDirectory at = into;
        for (int level = 0; level <= depth; level++)
        {
            // Rests of directories that the walk must come back to: some near each other, some far apart.
            files += level % 1000 == 3 ? Write(at, "a", $"before {level}") : 0;
            files += level % 700 < 2 ? Write(at, "z", $"behind {level}") : 0;
            if (level == depth)
            {
                break;
            }
            TargetDirectory next = at.OpenOrCreateDirectory(Below);
            if (at != into)
            {
                at.Dispose();
            }
            at = next;
        }
        at.Dispose();
        return files;
    }

    /// <summary>Removes a folder with the chain below it: by descriptors, since paths do not reach so far.</summary>
    public static void Remove(string folder)
        => _ = TestFolder.Run("python3", Path.Combine(Architecture.Checkout.Root, "tests", "torture", "remove"), folder);

    /// <summary>Goes down two chains of at least one directory and compares what lies there.</summary>
    /// <returns>How deep it is.</returns>
    public static int AssertSame(SourceDirectory expected, SourceDirectory actual)
    {
        for (int depth = 0; ; depth++)
        {
            List<string> entries = Entries(expected);
            Assert.Equal(entries, Entries(actual));
            if (!entries.Any(entry => entry.StartsWith("m Directory", StringComparison.Ordinal)))
            {
                // Left open, the deepest one keeps all above it in the system's memory, and removing them takes minutes.
                expected.Dispose();
                actual.Dispose();
                return depth;
            }
            (SourceDirectory left, SourceDirectory right) = (expected, actual);
            (expected, actual) = (left.OpenDirectory(Below), right.OpenDirectory(Below));
            if (depth > 0)
            {
                left.Dispose();
                right.Dispose();
            }
        }
    }

    private static int Write(TargetDirectory directory, string name, string content)
    {
        using TargetFile file = directory.CreateFile(ByteName.FromText(name), 0);
        file.WriteAt(0, System.Text.Encoding.ASCII.GetBytes(content));
        file.Commit();
        return 1;
    }

    private static List<string> Entries(SourceDirectory directory)
    {
        DirectoryListing names = directory.ReadNames();
        List<string> entries = [];
        for (int i = 0; i < names.Count; i++)
        {
            ByteName name = new(names[i]);
            FileMetadata metadata = directory.Stat(names[i]);
            string content = "";
            if (metadata.Type == FileType.Regular)
            {
                byte[] buffer = new byte[100];
                using SourceFile file = directory.OpenFile(name);
                content = System.Text.Encoding.ASCII.GetString(buffer.AsSpan(0, file.Read(buffer)));
            }
            entries.Add($"{name} {metadata.Type} {Convert.ToString(metadata.Mode, 8)} {metadata.UserId} {metadata.ModifiedTime} {content}");
        }
        return entries;
    }
}
