using Ebla.Backends;
using Ebla.Cli.Invocation;
using Ebla.Cli.Rendering;
using Ebla.Keys;
using Ebla.Operations.KeySlots;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Cli.Access;

/// <summary>Opens and makes the repository that a command is about.</summary>
internal static class RepositoryAccess
{
    // The trees of some ten million files.
    private const long MetadataCacheSizeInBytesDefault = 1L << 30;

    /// <summary>Opens the repository, as every command but <c>init</c> and <c>backup</c> does.</summary>
    public static Task<Repository> OpenAsync(CommandContext context) => OpenAsync(context, RepositoryLocation.Of(context));

    /// <summary>Opens the repository; the default one is made if it is not there yet.</summary>
    public static async Task<Repository> OpenOrCreateDefaultAsync(CommandContext context)
    {
        var location = RepositoryLocation.Of(context);
        if (location.IsDefault && !await ExistsAsync(context, location))
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
        return location.IsDefault && !await ExistsAsync(context, location)
            ? null
            : await OpenAsync(context, location);
    }

    /// <summary>Makes a repository.</summary>
    /// <param name="context">The command.</param>
    /// <param name="location">Where.</param>
    /// <param name="chunker">How it cuts files.</param>
    /// <param name="like">A ring that it is to be like, if any: then that cuts.</param>
    /// <returns>It, and the key file that was made for it, if one was.</returns>
    public static async Task<(Repository Repository, string? NewKeyFile)> CreateAsync(
        CommandContext context, RepositoryLocation location, ChunkerSettings chunker, RingKeys? like = null)
    {
        IBackend backend = context.Store.Open(location.Store);
        try
        {
            // Before a password is asked for, which would be for nothing.
            if (await HasHeaderAsync(location, backend, context.CancellationToken))
            {
                throw new RepositoryExistsException($"There is a repository at {location} already.");
            }
            string? newKeyFile = CreateKeyFile(context, location);
            using Credential credential = FindCredential(context, location) ?? CredentialSource.Of(context).Ask(context, isNew: true);
            Repository repository = await Repository.InitAsync(
                backend,
                new RepositoryCreation
                {
                    Credential = credential,
                    MemberName = OwnerName(),
                    Chunker = chunker,
                    Like = like,
                },
                Options(context, location),
                context.CancellationToken);
            context.Messages.Notice($"made the repository {location}");
            if (location.IsDefault)
            {
                context.Messages.Notice(
                    "note: it lies on this machine, and a backup on the same disk is only half a backup: "
                    + "use --repo for one elsewhere");
            }
            return (repository, newKeyFile);
        }
        catch
        {
            await backend.DisposeAsync();
            throw;
        }
    }

    public static string? CacheFolder(CommandContext context)
    {
        if (context.Get(context.Globals.NoCache))
        {
            return null;
        }
        string? given = context.Get(context.Globals.CacheFolder);
        return string.IsNullOrEmpty(given) ? UserFolders.Cache : UserFolders.FullPath(given);
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
        IBackend backend = context.Store.Open(location.Store);
        Credential? credential = null;
        try
        {
            return await Repository.OpenAsync(
                backend,
                () => credential = FindCredential(context, location) ?? CredentialSource.Of(context).Ask(context, isNew: false),
                Options(context, location),
                context.CancellationToken);
        }
        catch (NoRepositoryException exception)
        {
            await backend.DisposeAsync();
            throw new NoRepositoryException(
                location.IsDefault
                    ? $"There is no repository yet at {location}. Name one with --repo, or let 'ebla backup PATH' make this one."
                    : exception.InnerException is NoRepositoryException missing
                    ? $"{missing.Message} To make it, and a repository in it: ebla init --repo {location}"
                    : $"There is no repository at {location}. To make one: ebla init --repo {location}",
                exception);
        }
        catch (WrongKeyException exception) when (credential is not null)
        {
            await backend.DisposeAsync();
            throw new WrongKeyException($"{location}: {exception.Message}", exception);
        }
        catch
        {
            await backend.DisposeAsync();
            throw;
        }
        finally
        {
            credential?.Dispose();
        }
    }

    private static async Task<bool> ExistsAsync(CommandContext context, RepositoryLocation location)
    {
        await using IBackend backend = context.Store.Open(location.Store);
        return await HasHeaderAsync(location, backend, context.CancellationToken);
    }

    private static async Task<bool> HasHeaderAsync(RepositoryLocation location, IBackend backend, CancellationToken cancellationToken)
        => !File.Exists(location.Folder) && await backend.ReadHeaderAsync(cancellationToken) is not null;

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

    /// <summary>What the options say of opening a repository there.</summary>
    public static RepositoryOptions Options(CommandContext context, RepositoryLocation location) => new()
    {
        CacheFolder = CacheFolder(context),
        // Read also where it counts for nothing, so that a wrong one is told.
        MetadataCacheSizeInBytes = MetadataCacheSize(context) is long size && location.Folder is null ? size : 0,
    };

    private static long MetadataCacheSize(CommandContext context)
        => context.Get(context.Globals.CacheSize) is not { } text
            ? MetadataCacheSizeInBytesDefault
            : ByteSize.TryParse(text) ?? throw new UsageException($"--cache-size: '{text}' is no size; try 1GiB.");

    private static string OwnerName()
    {
        string name = $"{Environment.UserName}@{Environment.MachineName}";
        return name.Length <= 64 && !name.Any(char.IsControl) ? name : "owner";
    }
}
