using Ebla.Backends;
using Ebla.Backends.Memory;
using Ebla.Keys;
using Ebla.Operations.KeySlots;
using Ebla.Primitives;
using Ebla.Repositories;
using Xunit;

namespace Ebla.Tests.Operations;

public sealed class KeySlotTests
{
    private static readonly byte[] OtherKeyFile = [.. Enumerable.Range(0, 64).Select(i => (byte)i)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_added_slot_opens_and_lets_the_other_one_be_removed()
    {
        await using MemoryBackend backend = new();
        SlotInfo added;
        SlotInfo old;
        await using (Repository repository = await TestRepository.InitAsync(backend))
        {
            using var credential = Credential.FromKeyFile(OtherKeyFile);
            added = await KeySlotOperation.AddAsync(repository, credential, "second", null, Token);
            IReadOnlyList<SlotInfo> slots = await KeySlotOperation.ListAsync(repository, Token);
            Assert.Equal(2, slots.Count);
            old = Assert.Single(slots, slot => slot.IsOpened);
            Assert.Equal("second", Assert.Single(slots, slot => slot.Id == added.Id).Label);
            _ = await Assert.ThrowsAsync<KeySlotException>(
                () => KeySlotOperation.RemoveAsync(repository, old.Id.ToString(), Token));
        }
        await using (MemoryBackend durable = backend.DurableCopy())
        await using (Repository repository = await OpenAsync(durable, OtherKeyFile))
        {
            SlotInfo removed = await KeySlotOperation.RemoveAsync(repository, old.Id.ToString()[..8], Token);
            Assert.Equal(old.Id, removed.Id);
            await using MemoryBackend after = durable.DurableCopy();
            _ = await Assert.ThrowsAsync<WrongKeyException>(() => OpenAsync(after, TestRepository.KeyFile));
            await using Repository again = await OpenAsync(after, OtherKeyFile);
            Assert.Equal(added.Id, Assert.Single(await KeySlotOperation.ListAsync(again, Token)).Id);
        }
    }

    [Fact]
    public async Task The_last_slot_is_never_removed()
    {
        await using MemoryBackend backend = new();
        await using Repository repository = await TestRepository.InitAsync(backend);
        SlotInfo only = Assert.Single(await KeySlotOperation.ListAsync(repository, Token));
        _ = await Assert.ThrowsAsync<KeySlotException>(() => KeySlotOperation.RemoveAsync(repository, only.Id.ToString(), Token));
        _ = await Assert.ThrowsAsync<KeySlotException>(() => KeySlotOperation.RemoveAsync(repository, "abc", Token));
        _ = await Assert.ThrowsAsync<KeySlotException>(
            () => KeySlotOperation.RemoveAsync(repository, new string('0', 64), Token));
        _ = Assert.Single(await KeySlotOperation.ListAsync(repository, Token));

        using var credential = Credential.FromKeyFile(OtherKeyFile);
        SlotInfo next = await KeySlotOperation.ReplaceAsync(repository, credential, null, Token);
        // The slot that opened is gone: the one that is left is the last.
        KeySlotException refused = await Assert.ThrowsAsync<KeySlotException>(
            () => KeySlotOperation.RemoveAsync(repository, next.Id.ToString(), Token));
        Assert.Contains("last", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task At_every_power_cut_of_a_replacement_the_old_or_the_new_credential_opens()
    {
        for (long cut = 1; ; cut++)
        {
            await using MemoryBackend backend = new();
            await using Repository repository = await TestRepository.InitAsync(backend);
            await using Backends.FaultyBackend faulty = new(backend, new Backends.Fault(cut, Backends.FaultKind.CrashBefore));
            using var credential = Credential.FromKeyFile(OtherKeyFile);
            bool isDone = false;
            try
            {
                await using Repository at = await TestRepository.OpenAsync(faulty);
                _ = await KeySlotOperation.ReplaceAsync(at, credential, null, Token);
                isDone = true;
            }
            catch (Backends.SimulatedCrashException)
            {
                Assert.True(faulty.HasFailed);
            }
            await using MemoryBackend durable = backend.DurableCopy(name => name.Id.Value.W0 % 2 == 0);
            int opened = 0;
            foreach (byte[] keyFile in (byte[][])[TestRepository.KeyFile, OtherKeyFile])
            {
                try
                {
                    await using Repository found = await OpenAsync(durable, keyFile);
                    opened++;
                }
                catch (WrongKeyException)
                {
                    Assert.False(isDone && keyFile == OtherKeyFile);
                }
            }
            Assert.True(opened > 0, $"cut {cut}");
            if (isDone)
            {
                Assert.Equal(1, opened);
                break;
            }
        }
    }

    private static async Task<Repository> OpenAsync(IBackend backend, byte[] keyFile)
    {
        using var credential = Credential.FromKeyFile(keyFile);
        return await Repository.OpenAsync(backend, credential, new RepositoryOptions(), Token);
    }
}
