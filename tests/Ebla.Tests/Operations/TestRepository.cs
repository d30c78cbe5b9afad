using Xunit;
using System.Security.Cryptography;
using Ebla.Backends;
using Ebla.Keys;
using Ebla.Repositories;

namespace Ebla.Tests.Operations;

/// <summary>Makes and opens repositories with a key file, quickly.</summary>
internal static class TestRepository
{
    public static byte[] KeyFile { get; } = SHA256.HashData("a key file for tests"u8);

    public static async Task<Repository> InitAsync(
        IBackend backend, int averageChunkSizeInBytes = 64 << 10, string? cache = null, TimeProvider? time = null,
        RingKeys? like = null)
    {
        using var credential = Credential.FromKeyFile(KeyFile);
        return await Repository.InitAsync(
            backend,
            new RepositoryCreation
            {
                Credential = credential,
                MemberName = "test",
                Chunker = new ChunkerSettings(averageChunkSizeInBytes / 8 * 3, averageChunkSizeInBytes, averageChunkSizeInBytes * 4),
                Like = like,
            },
            new RepositoryOptions { CacheFolder = cache, Time = time ?? TimeProvider.System },
            TestContext.Current.CancellationToken);
    }

    public static async Task<Repository> OpenAsync(IBackend backend, string? cache = null)
    {
        using var credential = Credential.FromKeyFile(KeyFile);
        return await Repository.OpenAsync(
            backend, credential, new RepositoryOptions { CacheFolder = cache }, TestContext.Current.CancellationToken);
    }
}
