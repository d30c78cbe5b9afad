using Ebla.Backends.Memory;
using Ebla.Primitives;
using Ebla.Repositories;
using Xunit;

namespace Ebla.Tests.Operations;

public sealed class LostHeaderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_repository_is_made_over_one_that_has_lost_its_header()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        TamperedBackend headless = new(filled.Backend) { Header = _ => null };

        CorruptDataException refused = await Assert.ThrowsAsync<CorruptDataException>(() => TestRepository.InitAsync(headless));

        Assert.Contains("header", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_init_left_that_was_cut_off_stops_no_other()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        await using MemoryBackend begun = new();
        foreach (ObjectName key in await filled.ListAsync(ObjectKind.Key))
        {
            await begun.PutAsync(key, new(await filled.ReadAsync(key)), Token);
        }
        await begun.FlushAsync(Token);

        await using Repository made = await TestRepository.InitAsync(begun);

        Assert.NotNull(await begun.ReadHeaderAsync(Token));
    }
}
