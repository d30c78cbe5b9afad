using Ebla.Backends;
using Ebla.Backends.Decorators;
using Ebla.Backends.Traffic;

namespace Ebla.Tests.Backends.Servers;

/// <summary>A store as the program uses it: what fails for a passing reason is tried again, for some seconds.</summary>
internal static class Persistent
{
    public static IBackend Around(IBackend store)
        => new RetryingBackend(
            store,
            new Retries(RetryTimes.Always(TimeSpan.FromSeconds(20)), TimeProvider.System, new Random(1), new TrafficMeter(), static _ => { }));
}
