using System.Text;
using Ebla.Backends.Local;
using Ebla.Primitives;

namespace Ebla.Backends.Locations;

/// <summary>A folder of this machine.</summary>
/// <param name="Path">From the root, otherwise as given: "link/.." means what the system says it means.</param>
public sealed record LocalLocation(string Path) : BackendLocation
{
    /// <summary>A path, taken from the working folder if it is not from the root.</summary>
    public static new LocalLocation Parse(string text)
        => text.EnumerateRunes().Contains(Rune.ReplacementChar)
            ? throw new InvalidLocationException("The path of a repository must be UTF-8.")
            : new LocalLocation(System.IO.Path.IsPathFullyQualified(text)
                ? text
                : System.IO.Path.Join(System.IO.Path.GetFullPath("."), text));

    /// <inheritdoc/>
    public override IBackend Open(BackendSettings settings)
    {
        settings.ExpectOptions("a folder");
        return LocalBackend.Open(Path);
    }

    /// <inheritdoc/>
    public override string ToString() => Path;
}
