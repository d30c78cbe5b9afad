using System.CommandLine;

namespace Ebla.Cli.Invocation;

/// <summary>The options that every command has.</summary>
internal sealed class GlobalOptions
{
    public Option<string?> Repository { get; } = new("--repo", "-r")
    {
        Description = "The repository: a folder, or sftp:, s3:, davs:, rest+https:, rclone: and the place there. Or EBLA_REPOSITORY; without "
            + "either, ~/.local/share/ebla/repository.",
        HelpName = "LOCATION",
        Recursive = true,
    };

    public Option<string?> KeyFile { get; } = new("--key-file")
    {
        Description = "A key file, of 32 bytes or more. Or EBLA_KEY_FILE. With a password as well, both are needed.",
        HelpName = "FILE",
        Recursive = true,
    };

    public Option<string?> PasswordFile { get; } = new("--password-file")
    {
        Description = "The password is the first line of this file. Or EBLA_PASSWORD_FILE, or EBLA_PASSWORD itself.",
        HelpName = "FILE",
        Recursive = true,
    };

    public Option<string?> PasswordCommand { get; } = new("--password-command")
    {
        Description = "The password is the first line that this shell command prints. Or EBLA_PASSWORD_COMMAND.",
        HelpName = "COMMAND",
        Recursive = true,
    };

    public Option<string?> CacheFolder { get; } = new("--cache-dir")
    {
        Description = "Where the index and metadata are cached; can be deleted at any time. Without it, ~/.cache/ebla.",
        HelpName = "FOLDER",
        Recursive = true,
    };

    public Option<string?> CacheSize { get; } = new("--cache-size")
    {
        Description = "How much of the metadata of a store on another machine is cached, for each repository. Without it, 1GiB.",
        HelpName = "SIZE",
        Recursive = true,
    };

    public Option<bool> NoCache { get; } = new("--no-cache")
    {
        Description = "Keep no cache: slower, and leaves nothing behind.",
        Recursive = true,
    };

    public Option<bool> Json { get; } = new("--json")
    {
        Description = "One JSON document on standard output, for programs.",
        Recursive = true,
    };

    public Option<bool> Quiet { get; } = new("--quiet", "-q")
    {
        Description = "Say only what went wrong.",
        Recursive = true,
    };

    public Option<bool> Verbose { get; } = new("--verbose", "-v")
    {
        Description = "Say at the end what went over the line to the store.",
        Recursive = true,
    };

    /// <summary>How stores are reached.</summary>
    public StoreOptions Store { get; } = new();

    /// <summary>All but those of stores, in the order of the help.</summary>
    public IReadOnlyList<Option> Common =>
        [Repository, KeyFile, PasswordFile, PasswordCommand, CacheFolder, CacheSize, NoCache, Json, Quiet, Verbose];

    public void AddTo(Command root)
    {
        foreach (Option option in Common.Concat(Store.All))
        {
            root.Add(option);
        }
    }
}
