using System.Buffers;
using System.Security.Cryptography;
using Ebla.Backends.Memory;
using Ebla.Encryption;
using Ebla.Keys;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Snapshots;
using Ebla.Tests.Keys;
using Ebla.Tests.Operations;
using Xunit;

namespace Ebla.Tests.Notes;

/// <summary>A repository in memory with a second member, of any role: the root key is known, since the chance is.</summary>
internal sealed class FellowRepository : IAsyncDisposable
{
    private readonly RootKey _root;

    private FellowRepository(Repository repository, RootKey root, UnlockedKeys fellow)
    {
        Repository = repository;
        _root = root;
        Fellow = fellow;
    }

    /// <summary>Opened by the owner.</summary>
    public Repository Repository { get; }

    /// <summary>The keys of the other member.</summary>
    public UnlockedKeys Fellow { get; }

    public static async Task<FellowRepository> MakeAsync(MemberRole role)
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        MemoryBackend backend = new();
        using var credential = Credential.FromKeyFile(TestRepository.KeyFile);
        RepositoryCreation creation = new()
        {
            Credential = credential,
            MemberName = "owner",
            Chunker = KeyFixture.Chunker,
            Entropy = new DeterministicEntropy("fellow"),
        };
        await using Repository made = await Repository.InitAsync(backend, creation, new RepositoryOptions(), token);
        DeterministicEntropy again = new("fellow");
        again.Fill(stackalloc byte[RepositoryId.SizeInBytes]);
        RootKey root = new(made.Id, SecretBytes.Random(again, Ed25519Key.SeedSizeInBytes));
        Assert.Equal(made.Keys.Header.RootKeyHash, root.PublicKeyHash);

        MemberKeys member = new(
            made.Id, MemberId.Read(RandomNumberGenerator.GetBytes(16)), SecretBytes.Random(SystemEntropy.Instance, MemberKeys.SeedSizeInBytes));
        StoredKey stored = MemberObject.Create(member, 1, role, "fellow", DateTimeOffset.UnixEpoch, made.Keys.Ring, root);
        await backend.PutAsync(new ObjectName(ObjectKind.Key, stored.Id), new ReadOnlySequence<byte>(stored.Bytes), token);
        await backend.FlushAsync(token);
        Repository opened = await TestRepository.OpenAsync(backend);
        UnlockedKeys fellow = new(
            opened.Keys.Header, root.PublicKey.ToArray(), null, member, [opened.Keys.Ring], [.. opened.Keys.Members.Values], [], [],
            SystemEntropy.Instance);
        return new FellowRepository(opened, root, fellow);
    }

    public async Task PutAsync((ObjectName Name, byte[] Content) stored)
    {
        await Repository.Backend.PutAsync(stored.Name, new ReadOnlySequence<byte>(stored.Content), TestContext.Current.CancellationToken);
        await Repository.Backend.FlushAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Puts snapshots of one host and path, a day apart. They refer to nothing: whoever only judges does not look.</summary>
    public async Task PutManyAsync(UnlockedKeys writer, int first, int count)
    {
        for (int number = first; number < first + count; number++)
        {
            await PutAsync(SnapshotCodec.Seal(writer, new Snapshot
            {
                Root = default,
                Writer = writer.Member.Id,
                Sequence = (ulong)number,
                Time = new UnixTime(86_400L * number, 0),
                Host = ByteName.FromText("h"),
                Paths = [ByteName.FromText("/p")],
            }));
        }
    }

    public async ValueTask DisposeAsync()
    {
        Fellow.Member.Dispose();
        _root.Dispose();
        await Repository.DisposeAsync();
    }
}
