using Ebla.Backends.Locations;
using Ebla.Primitives;

namespace Ebla.Backends.S3;

/// <summary>A place on an S3 bucket.</summary>
public sealed record S3Location : BackendLocation
{
    /// <summary>Reads a location of this kind.</summary>
    /// <exception cref="InvalidLocationException">It is not as it should be.</exception>
    public static new S3Location Parse(string text) => throw new InvalidLocationException($"'{text}': not there yet.");

    /// <inheritdoc/>
    public override IBackend Open(BackendSettings settings) => throw new InvalidLocationException("Not there yet.");

    /// <inheritdoc/>
    public override string ToString() => "";
}
