using System.Diagnostics;
using System.Security.Cryptography;
using Ebla.FileSystems;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.FileSystems;

/// <summary>A real folder, gone at the end of the test, whatever names and modes are in it.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder(string? root = null)
    {
        FullName = Path.Combine(
            root ?? Path.GetTempPath(), $"ebla-test-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}");
        Target = TargetDirectory.OpenOrCreateRoot(ByteName.FromText(FullName));
        Source = SourceDirectory.OpenRoot(ByteName.FromText(FullName));
    }

    /// <summary>The disk, and memory where there is a file system in it: they differ in times, links and sizes.</summary>
    public static TheoryData<string> Roots
        => Directory.Exists("/dev/shm") ? new(Path.GetTempPath(), "/dev/shm") : new(Path.GetTempPath());

    public string FullName { get; }

    public TargetDirectory Target { get; }

    public SourceDirectory Source { get; }

    public string this[string name] => Path.Combine(FullName, name);

    public static ByteName Name(string text) => ByteName.FromText(text);

    public void Write(ByteName name, ReadOnlySpan<byte> content)
    {
        using TargetFile file = Target.CreateFile(name, 0);
        file.WriteAt(0, content);
        file.Commit();
    }

    public void Write(string name, string content) => File.WriteAllText(this[name], content);

    /// <summary>Sets the mode of an entry, or of the folder itself for "".</summary>
    public void SetMode(string name, string octal) => _ = Run("chmod", octal, this[name]);

    public List<ByteName> Names()
    {
        DirectoryListing listing = Source.ReadNames();
        return [.. Enumerable.Range(0, listing.Count).Select(index => new ByteName(listing[index]))];
    }

    /// <summary>Runs a program and returns what it prints.</summary>
    public static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output.TrimEnd('\n');
    }

    public void Dispose()
    {
        Target.Dispose();
        Source.Dispose();
        // .NET cannot remove names that are not UTF-8.
        _ = Run("rm", "-rf", FullName);
    }
}
