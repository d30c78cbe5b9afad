using System.Diagnostics;
using System.Text;
using Xunit;

namespace Ebla.Tests.Operations.Restores;

/// <summary>What is in a directory, as find(1), stat(1) and sha256sum(1) tell it: no code of ours is asked.</summary>
internal static class TreeListing
{
    /// <summary>Path below the directory to all that a backup must keep. Bytes of names stand as Latin-1.</summary>
    /// <param name="root">The directory; itself not listed.</param>
    /// <param name="withDirectoryTimes">False where entries were taken out of directories, which changes these.</param>
    public static SortedDictionary<string, string> Of(string root, bool withDirectoryTimes = true)
    {
        SortedDictionary<string, string> entries = new(StringComparer.Ordinal);
        Dictionary<string, string> firstNames = [];
        Dictionary<string, string> hashes = Hashes(root);
        // Type, mode, owner, time to the nanosecond, size, inode, links, device numbers; then target and name.
        string[] fields = Run(root, "find . -mindepth 1 -printf '%y %m %U %G\\0%T@\\0%s\\0%i\\0%n\\0%l\\0%P\\0' ").Split('\0');
        List<(string Path, string Text, string Inode)> rows = [];
        for (int i = 0; i + 7 < fields.Length + 1 && fields[i].Length > 0; i += 7)
        {
            char type = fields[i][0];
            string path = fields[i + 6];
            string time = type == 'd' && !withDirectoryTimes ? "" : fields[i + 1];
            string size = type == 'f' ? $" {fields[i + 2]} {hashes[path]}" : "";
            rows.Add((path, $"{fields[i]} {time}{size} {fields[i + 5]}", type != 'd' && fields[i + 4] != "1" ? fields[i + 3] : ""));
        }
        foreach ((string path, string text, string inode) in rows.OrderBy(row => row.Path, StringComparer.Ordinal))
        {
            string link = inode.Length == 0 ? "" : firstNames.TryGetValue(inode, out string? first) ? first : firstNames[inode] = path;
            entries.Add(path, link.Length == 0 ? text : $"{text} is {link}");
        }
        foreach (string device in Run(root, "find . -mindepth 1 '(' -type b -o -type c ')' -exec stat --printf '%n %t:%T\\0' '{}' +")
            .Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            int space = device.LastIndexOf(' ');
            entries[device[2..space]] += device[space..];
        }
        return entries;
    }

    /// <summary>Runs a shell script of any length in a folder.</summary>
    public static string Run(string folder, string script)
    {
        // From a file: an argument may have 128 KiB only, and a tree of chance with its long names may take more.
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, script);
            using Process process = Process.Start(new ProcessStartInfo("bash", ["-e", file])
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                StandardOutputEncoding = Encoding.Latin1,
                Environment = { ["LC_ALL"] = "C" },
            })!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
            return output;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Dictionary<string, string> Hashes(string root)
    {
        Dictionary<string, string> hashes = [];
        foreach (string line in Run(root, "find . -type f -exec sha256sum -z '{}' +").Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            hashes.Add(line[68..], line[..16]);
        }
        return hashes;
    }
}
