using Ebla.Backends.Locations;

namespace Ebla.Backends.Decorators;

/// <summary>A store as the program uses it: the back-end of a location with all that is wrapped around it (docs/adr/0030).</summary>
public static class StoreStack
{
    /// <summary>Opens the store at a location. Neither connects nor touches anything: the first call does.</summary>
    public static IBackend Open(BackendLocation location, BackendSettings settings)
        => new CountingBackend(location.Open(settings), settings.Meter);
}
