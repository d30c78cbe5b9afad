using Ebla.Backends.Http;
using Ebla.Backends.Locations;
using Ebla.Backends.Rest;
using Ebla.Primitives;

namespace Ebla.Backends.Rclone;

/// <summary>
/// A place on a remote of rclone: <c>rclone:REMOTE:PATH</c>, what follows the first colon being rclone's (docs/backends/rclone.md).
/// </summary>
public sealed record RcloneLocation : BackendLocation
{
    private const string Scheme = "rclone";

    private readonly string _remote;

    private RcloneLocation(string remote) => _remote = remote;

    /// <summary>Reads a location of this kind.</summary>
    /// <exception cref="InvalidLocationException">It is not as it should be.</exception>
    public static new RcloneLocation Parse(string text)
    {
        string remote = text.StartsWith($"{Scheme}:", StringComparison.Ordinal) ? text[(Scheme.Length + 1)..] : "";
        return remote.Length == 0 || remote[0] == '-' || remote.StartsWith("//", StringComparison.Ordinal) || remote.Any(char.IsControl)
            ? throw new InvalidLocationException($"'{text}' is no location: write {Scheme}:REMOTE:PATH, REMOTE as rclone knows it.")
            : new RcloneLocation(remote);
    }

    /// <inheritdoc/>
    public override IBackend Open(BackendSettings settings)
    {
        settings.ExpectOptions("an rclone store", "rclone.program", "rclone.args");
        RcloneServer server = new(
            ToString(),
            settings.Options.GetValueOrDefault("rclone.program", Scheme),
            settings.Options.GetValueOrDefault("rclone.args", "").Split(' ', StringSplitOptions.RemoveEmptyEntries),
            _remote);
        HttpPlace place = new(Scheme, new Uri("http://rclone/"), null) { Title = ToString() };
        HttpStore store = HttpStore.OverStream(place, settings, server.ConnectAsync, server.Explain);
        return new RestBackend(store, settings.RequestsInFlightMax) { OnDispose = server.DisposeAsync };
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Scheme}:{_remote}";
}
