namespace Ebla.Cli.Access;

/// <summary>The folders of the XDG base directory specification.</summary>
internal static class UserFolders
{
    public static string? Data => Of("XDG_DATA_HOME", ".local/share");

    public static string? Config => Of("XDG_CONFIG_HOME", ".config");

    public static string? Cache => Of("XDG_CACHE_HOME", ".cache");

    /// <summary>The path from the root, otherwise as given: "link/.." means what the system says it means.</summary>
    public static string FullPath(string path) => Path.IsPathFullyQualified(path) ? path : Path.Join(Path.GetFullPath("."), path);

    // The specification: a path that is not absolute is to be ignored.
    private static string? Of(string variable, string defaultFolder)
    {
        string? given = Environment.GetEnvironmentVariable(variable);
        if (!string.IsNullOrEmpty(given) && Path.IsPathFullyQualified(given))
        {
            return Path.Join(given, "ebla");
        }
        string home = Environment.GetFolderPath(
            Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        return Path.IsPathFullyQualified(home) ? Path.Join(home, defaultFolder, "ebla") : null;
    }
}
