using Ebla.Backends;
using Ebla.Primitives;
using Ebla.Tests.Backends.Servers;
using Xunit;

namespace Ebla.Tests.Backends.S3;

/// <summary>The S3 of OpenStack Swift, the weak one: it refuses conditions.</summary>
public sealed class SwiftContractTests : BackendContract
{
    private readonly string _place = TestServer.Get("swift").NewPlace();

    // Its servers are single processes of Python.
    protected override int CrowdSize => 60;

    /// <summary>It answers 501 to If-None-Match, so that who comes last may win. Nobody may think that two headers are there.</summary>
    public override async Task Of_racing_creations_of_the_header_exactly_one_wins()
    {
        IBackend[] racers = [await OpenEmptyAsync(), await OpenAgainAsync(), await OpenAgainAsync()];
        bool[] hasWon = await Task.WhenAll(racers.Select((racer, number) => Task.Run(async () =>
        {
            try
            {
                await racer.CreateHeaderAsync(new[] { (byte)number });
                return true;
            }
            catch (RepositoryExistsException)
            {
                return false;
            }
        })));
        Assert.Contains(true, hasWon);
        Assert.All(racers, racer => Assert.False(racer.Capabilities.CanCreateHeaderOnce));
        byte[]? header = await racers[0].ReadHeaderAsync();
        Assert.True(hasWon[Assert.Single(header!)]);
    }

    protected override Task<IBackend> CreateAsync() => ReopenAsync();

    protected override Task<IBackend> ReopenAsync() => Task.FromResult(TestServer.Get("swift").Open(_place));
}
