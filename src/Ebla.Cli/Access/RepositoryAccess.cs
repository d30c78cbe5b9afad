using Ebla.Backends.Local;
using Ebla.Cli.Invocation;
using Ebla.Keys;
using Ebla.Operations.KeySlots;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Cli.Access;

/// <summary>Opens and makes the repository that a command is about.</summary>
internal static class RepositoryAccess
{
    /// <summary>Opens the repository, as every command but <c>init</c> and <c>backup</c> does.</summary>
    public static Task<Repository> OpenAsync(CommandContext context) => OpenAsync(context, RepositoryLocation.Of(context));

    /// <summary>Opens the repository; the default one is made if it is not there yet.</summary>
    public static async Task<Repository> OpenOrCreateDefaultAsync(CommandContext context)
    {
        var location = RepositoryLocation.Of(context);
        if (location.IsDefault && !await ExistsAsync(location, context.CancellationToken))
        {
            try
            {
                (Repository repository, _) = await CreateAsync(
                    context, location, ChunkerSettings.ForAverage(ChunkerSettings.AverageSizeInBytesDefault));
                return repository;
            }
            catch (RepositoryExistsException)
            {
                // Another backup has just made it.
                return await OpenAsync(context, location);
            }
        }
        return await OpenAsync(context, location);
    }

    /// <summary>Opens the repository; null if it is the default one, which the first backup would make.</summary>
    public static async Task<Repository?> OpenUnlessDefaultIsMissingAsync(CommandContext context)
    {
        var location = RepositoryLocation.Of(context);
        return location.IsDefault && !await ExistsAsync(location, context.CancellationToken)
            ? null
            : await OpenAsync(context, location);
    }

    /// <summary>Makes a repository.</summary>
    /// <returns>It, and the key file that was made for it, if one was.</returns>
    public static async Task<(Repository Repository, string? NewKeyFile)> CreateAsync(
        CommandContext context, RepositoryLocation location, ChunkerSettings chunker)
    {
        if (await ExistsAsync(location, context.CancellationToken))
        {
            throw new RepositoryExistsException($"There is a repository at {location.Path} already.");
        }
        string? newKeyFile = CreateKeyFile(context, location);
        using Credential credential = FindCredential(context, location) ?? CredentialSource.Of(context).Ask(context, isNew: true);
        Repository repository = await Repository.InitAsync(
            LocalBackend.Open(location.Path),
            new RepositoryCreation
            {
                Credential = credential,
                MemberName = OwnerName(),
                Chunker = chunker,
            },
            Options(context),
            context.CancellationToken);
        context.Messages.Notice($"made the repository {location.Path}");
        if (location.IsDefault)
        {
            context.Messages.Notice(
                "note: it lies on this machine, and a backup on the same disk is only half a backup: "
                + "use --repo for one elsewhere");
        }
        return (repository, newKeyFile);
    }

    public static string? CacheFolder(CommandContext context)
    {
        if (context.Get(context.Globals.NoCache))
        {
            return null;
        }
        string? given = context.Get(context.Globals.CacheFolder);
        return string.IsNullOrEmpty(given) ? UserFolders.Cache : RepositoryLocation.FullPath(given);
    }

    /// <summary>Makes a key file if it is not there.</summary>
    /// <returns>Its path if it was made.</returns>
    public static string? CreateKeyFile(CommandContext context, string path, bool isFolderMade = false)
    {
        if (File.Exists(path))
        {
            return null;
        }
        // A mistake in the name of a folder must not become a folder with a key in it.
        if (!isFolderMade && !Directory.Exists(Path.GetDirectoryName(path)))
        {
            throw new UsageException($"There is no folder for the key file {path}.");
        }
        if (!KeyFile.TryCreate(path))
        {
            return null;
        }
        context.Messages.Problem(
            $"made the key file {path}\n"
            + "note: whoever loses this file cannot read the backup with it again: keep a copy of it somewhere else");
        return path;
    }

    private static async Task<Repository> OpenAsync(CommandContext context, RepositoryLocation location)
    {
        if (!await ExistsAsync(location, context.CancellationToken))
        {
            throw new NoRepositoryException(location.IsDefault
                ? $"There is no repository yet at {location.Path}. Name one with --repo, or let 'ebla backup PATH' make this one."
                : $"There is no repository at {location.Path}. To make one: ebla init --repo {location.Path}");
        }
        using Credential credential = FindCredential(context, location)
            ?? CredentialSource.Of(context).Ask(context, isNew: false);
        LocalBackend backend = LocalBackend.Open(location.Path);
        return await Repository.OpenAsync(backend, credential, Options(context), context.CancellationToken);
    }

    // Before a password is asked for, which would be for nothing.
    private static async Task<bool> ExistsAsync(RepositoryLocation location, CancellationToken cancellationToken)
    {
        if (File.Exists(location.Path))
        {
            return false;
        }
        await using LocalBackend backend = LocalBackend.Open(location.Path);
        return await backend.ReadHeaderAsync(cancellationToken) is not null;
    }

    private static Credential? FindCredential(CommandContext context, RepositoryLocation location)
    {
        Credential? given = CredentialSource.Of(context).Find();
        if (given is not null || !location.IsDefault || DefaultKeyFile is not { } path)
        {
            return given;
        }
        if (File.Exists(path))
        {
            return CredentialSource.Combine(null, path);
        }
        // It may have been made with a password. Without anybody to ask for one, it is the key that is missing.
        return Console.IsInputRedirected
            ? throw new WrongKeyException(
                $"The key file {path} is missing: put your copy of it there, or name it with --key-file.")
            : null;
    }

    // Made where the user names one that is not there; and for the default repository, where he names nothing at all.
    private static string? CreateKeyFile(CommandContext context, RepositoryLocation location)
    {
        CredentialSource source = CredentialSource.Of(context);
        if (source.KeyFilePath is { } named)
        {
            return CreateKeyFile(context, named);
        }
        using Credential? given = location.IsDefault ? source.Find() : null;
        return location.IsDefault && given is null && DefaultKeyFile is { } path
            ? CreateKeyFile(context, path, isFolderMade: true)
            : null;
    }

    private static string? DefaultKeyFile => UserFolders.Config is { } folder ? Path.Join(folder, "key") : null;

    private static RepositoryOptions Options(CommandContext context) => new() { CacheFolder = CacheFolder(context) };

    private static string OwnerName()
    {
        string name = $"{Environment.UserName}@{Environment.MachineName}";
        return name.Length <= 64 && !name.Any(char.IsControl) ? name : "owner";
    }
}
