using Ebla.Backends;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Backends.Servers;

/// <summary>The contract on a real server.</summary>
public abstract class ServerContract : BackendContract
{
    private string? _place;

    /// <inheritdoc/>
    protected override int CrowdSize => 60;

    private protected abstract TestServer Server { get; }

    /// <inheritdoc/>
    protected override Task<IBackend> CreateAsync()
    {
        _place = Server.NewPlace();
        return ReopenAsync();
    }

    /// <inheritdoc/>
    protected override Task<IBackend> ReopenAsync() => Task.FromResult(Server.Open(_place!));

    /// <summary>For servers that do have one winner, though their kind of store does not promise it.</summary>
    protected async Task RaceForHeaderAsync()
    {
        for (int round = 0; round < 5; round++)
        {
            IBackend first = await OpenEmptyAsync();
            Assert.False(first.Capabilities.CanCreateHeaderOnce);
            IBackend[] racers = [first, await OpenAgainAsync(), await OpenAgainAsync(), await OpenAgainAsync()];
            int winners = 0;
            await Task.WhenAll(racers.Select((racer, number) => Task.Run(async () =>
            {
                bool isDone = false;
                while (!isDone)
                {
                    try
                    {
                        await racer.CreateHeaderAsync(new[] { (byte)number });
                        isDone = true;
                        Interlocked.Increment(ref winners);
                    }
                    catch (RepositoryExistsException)
                    {
                        isDone = true;
                    }
                    catch (BackendException exception) when (exception.IsTransient)
                    {
                        // rclone locks folders while it makes them; what calls a store tries again then.
                        await Task.Yield();
                    }
                }
            })));
            Assert.Equal(1, winners);
            Assert.Single((await first.ReadHeaderAsync())!);
        }
    }
}
