using Ebla.Backends.Locations;
using Ebla.Primitives;

namespace Ebla.Backends.Sftp;

/// <summary>A place on an SFTP server.</summary>
public sealed record SftpLocation : BackendLocation
{
    /// <summary>Reads a location of this kind.</summary>
    /// <exception cref="InvalidLocationException">It is not as it should be.</exception>
    public static new SftpLocation Parse(string text) => throw new InvalidLocationException($"'{text}': not there yet.");

    /// <inheritdoc/>
    public override IBackend Open(BackendSettings settings) => throw new InvalidLocationException("Not there yet.");

    /// <inheritdoc/>
    public override string ToString() => "";
}
