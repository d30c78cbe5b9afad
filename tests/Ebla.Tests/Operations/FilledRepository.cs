using System.Buffers;
using System.Security.Cryptography;
using Ebla.Backends;
using Ebla.Backends.Memory;
using Ebla.Keys;
using Ebla.Notes;
using Ebla.Operations.Backups;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;
using Xunit;

namespace Ebla.Tests.Operations;

/// <summary>A repository in memory with two snapshots of a small tree, and a folder that goes when it is disposed.</summary>
internal sealed class FilledRepository : IAsyncDisposable
{
    private FilledRepository(string folder) => Folder = folder;

    public string Folder { get; }

    public MemoryBackend Backend { get; } = new();

    public ObjectId First { get; private set; }

    public ObjectId Second { get; private set; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<FilledRepository> MakeAsync(int seed = 1, string? parent = null)
    {
        FilledRepository made = new(parent is null
            ? Directory.CreateTempSubdirectory("ebla-filled-").FullName
            : Directory.CreateDirectory(Path.Join(parent, $"ebla-filled-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}")).FullName);
        Random random = new(seed);
        for (int i = 0; i < 12; i++)
        {
            string folder = Directory.CreateDirectory(Path.Combine(made.Folder, $"d{i % 3}", $"e{i % 2}")).FullName;
            await File.WriteAllTextAsync(Path.Combine(folder, $"f{i}"), $"content {i} of {seed}", Token);
        }
        byte[] noise = new byte[700_000];
        random.NextBytes(noise);
        await File.WriteAllBytesAsync(Path.Combine(made.Folder, "big"), noise, Token);
        await using Repository repository = await TestRepository.InitAsync(made.Backend);
        made.First = await made.BackupAsync(repository);
        random.NextBytes(noise.AsSpan(100_000, 50_000));
        await File.WriteAllBytesAsync(Path.Combine(made.Folder, "big"), noise, Token);
        made.Second = await made.BackupAsync(repository);
        return made;
    }

    /// <summary>A further snapshot of the folder.</summary>
    public async Task<ObjectId> BackupAsync(Repository repository)
        => (await BackupOperation.RunAsync(
            repository, new BackupOptions { Paths = [ByteName.FromText(Folder)] }, new RecordingObserver(), Token)).SnapshotId;

    /// <summary>Adds an object of each kind that a backup leaves none of.</summary>
    public async Task AddOtherKindsAsync()
    {
        await using Repository repository = await TestRepository.OpenAsync(Backend);
        await new SessionRegister(Backend, repository.Keys).AnnounceAsync(Token);
        await PutAsync(CondemnedCodec.Seal(repository.Keys, [default], []));
        await PutAsync(SignedObject.Seal(repository.Keys, ObjectKind.Setting, "setting", [1, 2, 3]));
        await PutAsync(NoteCodec.Seal(repository.Keys, new Note(NoteType.Pinned, 1) { Pinned = [First] }));
    }

    public async Task PutAsync((ObjectName Name, byte[] Content) stored)
    {
        await Backend.PutAsync(stored.Name, new ReadOnlySequence<byte>(stored.Content), Token);
        await Backend.FlushAsync(Token);
    }

    public async Task<List<ObjectName>> ListAsync(ObjectKind kind)
    {
        List<ObjectName> names = [];
        await foreach (ObjectInfo info in Backend.ListAsync(kind, Token))
        {
            names.Add(info.Name);
        }
        names.Sort((left, right) => left.Id.CompareTo(right.Id));
        return names;
    }

    public async Task<byte[]> ReadAsync(ObjectName name)
    {
        byte[] content = new byte[(await Backend.GetSizeAsync(name, Token))!.Value];
        Assert.True(await Backend.GetAsync(name, 0, content, null, Token));
        return content;
    }

    public async ValueTask DisposeAsync()
    {
        await Backend.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
