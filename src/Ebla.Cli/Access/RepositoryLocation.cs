using Ebla.Backends.Locations;
using Ebla.Cli.Invocation;

namespace Ebla.Cli.Access;

/// <summary>Where the repository is.</summary>
/// <param name="Store">The folder, server or bucket.</param>
/// <param name="IsDefault">Whether the user named none.</param>
internal sealed record RepositoryLocation(BackendLocation Store, bool IsDefault)
{
    /// <summary>The folder, from the root; null if the repository is elsewhere.</summary>
    public string? Folder => (Store as LocalLocation)?.Path;

    public static RepositoryLocation Of(CommandContext context)
    {
        string? given = context.Get(context.Globals.Repository);
        if (given is "")
        {
            // A variable of the caller's script was empty: he did not mean another repository.
            throw new UsageException("--repo is empty: name a repository, or leave the option out.");
        }
        given ??= Environment.GetEnvironmentVariable("EBLA_REPOSITORY");
        if (string.IsNullOrEmpty(given))
        {
            string folder = UserFolders.Data
                ?? throw new UsageException(
                    "Say which repository: --repo LOCATION, or EBLA_REPOSITORY. (There is no home folder.)");
            return new RepositoryLocation(new LocalLocation(Path.Join(folder, "repository")), IsDefault: true);
        }
        return new RepositoryLocation(BackendLocation.Parse(given), IsDefault: false);
    }

    public override string ToString() => Store.ToString();
}
