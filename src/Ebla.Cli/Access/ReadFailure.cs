namespace Ebla.Cli.Access;

/// <summary>Says why a file that was named cannot be read.</summary>
internal static class ReadFailure
{
    /// <summary>One sentence.</summary>
    /// <param name="path">As it was named.</param>
    /// <param name="what">What was expected there, without an article.</param>
    /// <param name="exception">From opening or reading it.</param>
    public static string Describe(string path, string what, Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => $"{path}: there is no such {what}.",
        UnauthorizedAccessException when Directory.Exists(path) => $"{path}: this is a folder, not a {what}.",
        UnauthorizedAccessException => $"{path}: the {what} cannot be read: no permission.",
        _ => $"{path}: the {what} cannot be read: {exception.Message}",
    };
}
