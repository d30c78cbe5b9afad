using Ebla.Backends;
using Ebla.Backends.Memory;
using Ebla.Notes;
using Ebla.Operations.Prunes;
using Ebla.Operations.Retention;
using Ebla.Primitives;
using Ebla.Repositories;
using System.Buffers;
using Xunit;

namespace Ebla.Tests.Operations.Prunes;

/// <summary>
/// Whatever is wrong with one object of the store, a prune removes nothing that is needed: when the object is as it was again, each snapshot that
/// counted is whole.
/// </summary>
public sealed class RottenObjectTests
{
    private static readonly PruneOptions All = new() { UnusedShareMax = 0, SessionWait = TimeSpan.FromMinutes(1), FenceAfter = TimeSpan.Zero };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ObjectKind.Pack)]
    [InlineData(ObjectKind.Index)]
    [InlineData(ObjectKind.Snapshot)]
    [InlineData(ObjectKind.Session)]
    [InlineData(ObjectKind.Condemned)]
    [InlineData(ObjectKind.Note)]
    public async Task No_prune_takes_what_is_needed_from_a_repository_with_a_damaged_object(ObjectKind kind)
    {
        await using PruneFixture fixture = await PruneFixture.MakeAsync(4);
        await fixture.ForgetAsync(fixture.Backend, 0);
        _ = await PruneFixture.PruneAsync(fixture.Backend, All);
        await fixture.ForgetAsync(fixture.Backend, 1, 2);
        await AddRecordsAsync(fixture);
        ObjectId[] counting = [.. fixture.Snapshots[2..]];
        List<ObjectInfo> objects = await Concurrently.ReadAllAsync(fixture.Backend.ListAsync(kind, Token));
        Assert.NotEmpty(objects);
        Assert.True((await PruneFixture.PruneAsync(fixture.Backend.DurableCopy(), All)).PacksRemoved > 0);
        int stopped = 0;
        foreach (ObjectName name in objects.Select(info => info.Name).OrderBy(name => name.Id))
        {
            byte[] whole = (await ((IBackend)fixture.Backend).GetWholeAsync(name, 1 << 24, null, Token))!;
            byte[] flipped = (byte[])whole.Clone();
            flipped[whole.Length / 2] ^= 1;
            byte[] other = (await ((IBackend)fixture.Backend).GetWholeAsync(objects.First().Name, 1 << 24, null, Token))!;
            foreach ((string fault, byte[]? content) in new (string, byte[]?)[]
                { ("gone", null), ("cut", whole[..(whole.Length / 2)]), ("flipped", flipped), ("another", other) })
            {
                // The last that was put, which nobody knew, nobody can miss.
                if (content is null && (name.Id == fixture.Snapshots[^1] || kind is ObjectKind.Note && await IsLastNoteAsync(fixture, name)))
                {
                    continue;
                }
                MemoryBackend damaged = fixture.Backend.DurableCopy();
                await ReplaceAsync(damaged, name, content);
                try
                {
                    _ = await PruneFixture.PruneAsync(damaged, All);
                }
                catch (CorruptDataException)
                {
                    stopped++;
                }
                await ReplaceAsync(damaged, name, whole);
                await PruneFixture.ExpectWholeAsync(damaged, counting, $"{name}, {fault}");
            }
        }
        // Of an index segment nobody needs anything.
        Assert.Equal(kind != ObjectKind.Index, stopped > 0);
    }

    // The third is brought back and pinned; a session died; something is condemned.
    private static async Task AddRecordsAsync(PruneFixture fixture)
    {
        await using Repository repository = await TestRepository.OpenAsync(fixture.Backend);
        _ = await UndeleteOperation.RunAsync(repository, [fixture.Snapshots[2].ToString()], Token);
        _ = await PinOperation.PinAsync(repository, [fixture.Snapshots[2].ToString()], Token);
        await new SessionRegister(fixture.Backend, repository.Keys).AnnounceAsync(Token);
        await fixture.Backend.FlushAsync(Token);
    }

    private static async Task<bool> IsLastNoteAsync(PruneFixture fixture, ObjectName name)
    {
        await using Repository repository = await TestRepository.OpenAsync(fixture.Backend);
        ulong next = (await new NoteStore(repository).LoadAsync(Token)).NextNumber;
        byte[] content = (await ((IBackend)fixture.Backend).GetWholeAsync(name, 1 << 24, null, Token))!;
        return NoteCodec.Open(repository.Keys, content, out _).Number == next - 1;
    }

    private static async Task ReplaceAsync(MemoryBackend backend, ObjectName name, byte[]? content)
    {
        await backend.DeleteAsync(name, Token);
        await backend.FlushAsync(Token);
        if (content is not null)
        {
            await backend.PutAsync(name, new ReadOnlySequence<byte>(content), Token);
            await backend.FlushAsync(Token);
        }
    }
}
