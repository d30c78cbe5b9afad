using System.Diagnostics;
using System.Text;
using Ebla.FileSystems;
using Ebla.Primitives;
using Ebla.Tests.FileSystems;
using Xunit;

namespace Ebla.Tests.Operations.Patterns;

/// <summary>A folder in which git is asked what it ignores.</summary>
internal sealed class IgnoredByGit : IDisposable
{
    private readonly TestFolder _folder = new();

    public IgnoredByGit() => _ = TestFolder.Run("git", "-c", "init.defaultBranch=main", "init", "-q", _folder.FullName);

    public TargetDirectory Target => _folder.Target;

    public SourceDirectory Source => _folder.Source;

    public string FullName => _folder.FullName;

    /// <summary>Removes all but git's own folder.</summary>
    public void Clear() => _ = TestFolder.Run(
        "find", FullName, "-mindepth", "1", "-maxdepth", "1", "!", "-name", ".git", "-exec", "rm", "-rf", "{}", "+");

    /// <summary>For each path: file and line of the pattern that leaves it out, as "FILE:LINE", or empty.</summary>
    public async Task<List<string>> AskAsync(IReadOnlyList<ByteName> paths, CancellationToken cancellationToken)
    {
        ProcessStartInfo info = new(
            "git", ["-C", FullName, "check-ignore", "--no-index", "--verbose", "--non-matching", "-z", "--stdin"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        info.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        info.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        info.Environment["XDG_CONFIG_HOME"] = "/nowhere";
        using Process git = Process.Start(info)!;
        using MemoryStream output = new();
        Task reading = git.StandardOutput.BaseStream.CopyToAsync(output, cancellationToken);
        foreach (ByteName path in paths)
        {
            // A colon at the start would mean something to git.
            git.StandardInput.BaseStream.Write("./"u8);
            git.StandardInput.BaseStream.Write(path.Span);
            git.StandardInput.BaseStream.WriteByte(0);
        }
        git.StandardInput.Close();
        await reading;
        await git.WaitForExitAsync(cancellationToken);
        Assert.InRange(git.ExitCode, 0, 1);
        // Source, line, pattern, path: each ends with a zero.
        string[] fields = Encoding.Latin1.GetString(output.ToArray()).Split('\0');
        Assert.Equal((4 * paths.Count) + 1, fields.Length);
        return [.. Enumerable.Range(0, paths.Count).Select(i => fields[4 * i].Length == 0 || fields[(4 * i) + 2][0] == '!'
            ? ""
            : $"{new ByteName(Encoding.Latin1.GetBytes(fields[4 * i]))}:{fields[(4 * i) + 1]}")];
    }

    public void Dispose() => _folder.Dispose();
}
