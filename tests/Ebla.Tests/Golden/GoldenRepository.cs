using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using Ebla.Backends.Local;
using Ebla.Encryption;
using Ebla.Keys;
using Ebla.Operations.Backups;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Tests.Architecture;
using Ebla.Tests.Operations;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Ebla.Tests.Golden;

/// <summary>The golden repositories: where they are, how they were made (tests/golden/README.md).</summary>
internal static class GoldenRepository
{
    public const string Password = "golden";

    // A fixed place, since the absolute path is in the snapshot.
    private const string SourceParent = "/tmp/ebla-golden";

    private static readonly string Folder = Path.Combine(Checkout.Root, "tests", "golden");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The copy of another, which a command made (tests/golden/README.md).</summary>
    private const string Copy = "v1-like";

    public static string SourceOf(string name) => $"{SourceParent}/{(name == Copy ? "v1-aes" : name)}";

    public static Credential KeyFile() => Credential.FromKeyFile(File.ReadAllBytes(Path.Combine(Folder, "key-file")));

    public static bool Exists(string name) => Directory.Exists(Path.Combine(Folder, name));

    public static string Expected(string name, int step)
        => File.ReadAllText(Path.Combine(Folder, name, $"expected-{step}"), System.Text.Encoding.Latin1);

    public static Task<Repository> OpenAsync(string name, Credential credential) => Repository.OpenAsync(
        LocalBackend.Open(Path.Combine(Folder, name, "repository")),
        credential,
        new RepositoryOptions { CacheFolder = null },
        Token);

    /// <summary>Makes one that is missing. Never changes one that is there.</summary>
    public static async Task MakeAsync(string name, CipherSuite suite, bool hasPassword, int snapshotCount)
    {
        string target = Path.Combine(Folder, name);
        Assert.NotEqual(Copy, name);
        Assert.False(Directory.Exists(target), "A golden repository is never made again.");
        _ = Directory.CreateDirectory(Path.Combine(target, "repository"));
        FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using Credential keyFile = KeyFile();
        await using Repository repository = await Repository.InitAsync(
            LocalBackend.Open(Path.Combine(target, "repository")),
            new RepositoryCreation
            {
                Credential = keyFile,
                MemberName = "golden",
                SlotLabel = "key file",
                Suite = suite,
                Chunker = new ChunkerSettings(6 << 10, 16 << 10, 64 << 10),
                Time = time,
            },
            new RepositoryOptions { CacheFolder = null, Time = time },
            Token);
        if (hasPassword)
        {
            using Credential password = Credential.FromPassword(Password);
            StoredKey slot = repository.Keys.NewSlot(
                password, "password", time.GetUtcNow(), new KdfParameters(KdfParameters.MemoryInKibibytesMin, 1));
            await repository.Backend.PutAsync(
                new ObjectName(ObjectKind.Key, slot.Id), new ReadOnlySequence<byte>(slot.Bytes), Token);
        }
        for (int step = 1; step <= snapshotCount; step++)
        {
            time.Advance(TimeSpan.FromHours(1));
            _ = Bash(
                "bash \"$1/source.sh\" \"$2\" \"$3\" \"$4\"",
                Folder, name, step.ToString(CultureInfo.InvariantCulture), SourceOf(name));
            BackupResult result = await BackupOperation.RunAsync(
                repository,
                new BackupOptions
                {
                    Paths = [ByteName.FromText(SourceOf(name))],
                    Host = ByteName.FromText("golden"),
                    Tags = ["golden", $"step-{step}"],
                    Program = "ebla 0.1.0",
                },
                new RecordingObserver(),
                Token);
            Assert.Equal(0, result.Errors);
            await File.WriteAllTextAsync(
                Path.Combine(target, $"expected-{step}"), Describe(SourceOf(name)), System.Text.Encoding.Latin1, Token);
        }
        Delete(SourceOf(name));
    }

    /// <summary>What is in a folder, as the command-line tests describe it; each byte a character.</summary>
    public static string Describe(string folder)
        => Bash(". \"$1/tests/cli/lib\"; describe_tree \"$2\"", Checkout.Root, folder);

    /// <summary>Deletes a folder whatever its names are, which .NET cannot.</summary>
    public static void Delete(string folder) => _ = Bash("chmod -R u+rwX \"$1\"; rm -rf \"$1\"", folder);

    private static string Bash(string script, params string[] arguments)
    {
        ProcessStartInfo info = new("bash", ["-euo", "pipefail", "-c", script, "bash", .. arguments])
        {
            RedirectStandardOutput = true,
            StandardOutputEncoding = System.Text.Encoding.Latin1,
        };
        info.Environment["LC_ALL"] = "C";
        using Process process = Process.Start(info)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
