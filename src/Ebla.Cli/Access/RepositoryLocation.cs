using Ebla.Cli.Invocation;

namespace Ebla.Cli.Access;

/// <summary>Where the repository is.</summary>
/// <param name="Path">A full path.</param>
/// <param name="IsDefault">Whether the user named none.</param>
internal sealed record RepositoryLocation(string Path, bool IsDefault)
{
    private static readonly string[] SchemesToCome = ["sftp", "s3", "dav", "davs", "rest", "rest+http", "rest+https", "rclone"];

    public static RepositoryLocation Of(CommandContext context)
    {
        string? given = context.Get(context.Globals.Repository);
        given = string.IsNullOrEmpty(given) ? Environment.GetEnvironmentVariable("EBLA_REPOSITORY") : given;
        if (string.IsNullOrEmpty(given))
        {
            string folder = UserFolders.Data
                ?? throw new UsageException(
                    "Say which repository: --repo LOCATION, or EBLA_REPOSITORY. (There is no home folder.)");
            return new RepositoryLocation(System.IO.Path.Join(folder, "repository"), IsDefault: true);
        }
        return new RepositoryLocation(ToPath(given), IsDefault: false);
    }

    private static string ToPath(string given)
    {
        int colon = given.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && (SchemesToCome.Contains(given[..colon]) || given.AsSpan(colon).StartsWith("://")))
        {
            throw new UsageException($"'{given}': this version of ebla keeps repositories in local folders only.");
        }
        if (given.Any(char.IsSurrogate) && !IsText(given))
        {
            throw new UsageException("The path of a repository must be UTF-8.");
        }
        return FullPath(given);
    }

    /// <summary>The path from the root, otherwise as given: "link/.." means what the system says it means.</summary>
    public static string FullPath(string path)
        => System.IO.Path.IsPathFullyQualified(path) ? path : System.IO.Path.Join(System.IO.Path.GetFullPath("."), path);

    private static bool IsText(string text) => !text.EnumerateRunes().Contains(System.Text.Rune.ReplacementChar);
}
