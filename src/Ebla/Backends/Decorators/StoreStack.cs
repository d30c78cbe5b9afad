using System.Security.Cryptography;
using Ebla.Backends.Locations;
using Ebla.Backends.Traffic;

namespace Ebla.Backends.Decorators;

/// <summary>A store as the program uses it: the back-end of a location with all that is wrapped around it (docs/adr/0030).</summary>
public static class StoreStack
{
    /// <summary>Opens the store at a location. Neither connects nor touches anything: the first call does.</summary>
    /// <remarks>
    /// From the outside: retries; then the cap, so that a call that waits before trying again keeps no other from its turn; then the
    /// counts, which are of attempts. A folder has none of the first two: a disk that fails, or is gone, is to be told at once.
    /// </remarks>
    /// <exception cref="Primitives.InvalidLocationException">The options make no sense.</exception>
    public static IBackend Open(BackendLocation location, BackendSettings settings)
    {
        IBackend store = location.Open(settings);
        if (location is LocalLocation)
        {
            LineLimits limits = settings.Line.Limits;
            bool isPaced = limits.UploadBytesPerSecond is not null || limits.DownloadBytesPerSecond is not null;
            return new CountingBackend(isPaced ? new PacedBackend(store, settings.Line) : store, settings.Meter);
        }
        store = new CountingBackend(store, settings.Meter);
        store = new CappedBackend(store, settings.RequestsInFlightMax);
        Random random = new(RandomNumberGenerator.GetInt32(int.MaxValue));
        return new RetryingBackend(
            store, new Retries(settings.RetryTimes, TimeProvider.System, random, settings.Meter, settings.Notice));
    }
}
