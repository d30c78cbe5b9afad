using Ebla.Primitives;

namespace Ebla.Cli.Rendering;

/// <summary>A line about a file.</summary>
internal static class ProblemLine
{
    // The messages of the operating system's failures name the file already.
    public static string Of(ByteName path, string message)
    {
        string name = path.ToString();
        return name.Length == 0 || message.Contains(name, StringComparison.Ordinal) ? message : $"{name}: {message}";
    }
}
