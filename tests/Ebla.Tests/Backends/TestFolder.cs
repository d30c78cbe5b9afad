using System.Security.Cryptography;
using Ebla.Backends.Local;

namespace Ebla.Tests.Backends;

/// <summary>A folder of its own for a test; removed at the end.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder(string? parent = null)
    {
        FullPath = Path.Combine(parent ?? Path.GetTempPath(), $"ebla-test-{RandomNumberGenerator.GetHexString(16, lowercase: true)}");
        Directory.CreateDirectory(FullPath);
    }

    public string FullPath { get; }

    /// <summary>A path below, where nothing is yet.</summary>
    public string Repository => Path.Combine(FullPath, "repository");

    public LocalBackend Open() => LocalBackend.Open(Repository);

    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}
