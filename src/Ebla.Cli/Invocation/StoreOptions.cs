using System.CommandLine;

namespace Ebla.Cli.Invocation;

/// <summary>The options that say how a store is reached; every command has them.</summary>
internal sealed class StoreOptions
{
    public Option<string[]> Settings { get; } = new("--option", "-o")
    {
        Description = "An option of the kind of store, as s3.region=eu-central-1; can be given several times. Or EBLA_OPTIONS.",
        HelpName = "NAME=VALUE",
        Recursive = true,
    };

    public Option<string?> PasswordFile { get; } = new("--store-password-file")
    {
        Description = "The store's own password is the first line of this file. Or EBLA_STORE_PASSWORD_FILE, or EBLA_STORE_PASSWORD itself.",
        HelpName = "FILE",
        Recursive = true,
    };

    public Option<string?> PasswordCommand { get; } = new("--store-password-command")
    {
        Description = "The store's own password is the first line that this shell command prints. Or EBLA_STORE_PASSWORD_COMMAND.",
        HelpName = "COMMAND",
        Recursive = true,
    };

    public Option<bool> AcceptNewHostKey { get; } = new("--accept-new-host-key")
    {
        Description = "Trust an SSH server that is met for the first time, and note its key. A changed key is never accepted.",
        Recursive = true,
    };

    public Option<string?> LimitUpload { get; } = new("--limit-upload")
    {
        Description = "Send at most so many bytes in a second: 5M is 5 MiB.",
        HelpName = "RATE",
        Recursive = true,
    };

    public Option<string?> LimitDownload { get; } = new("--limit-download")
    {
        Description = "Receive at most so many bytes in a second.",
        HelpName = "RATE",
        Recursive = true,
    };

    public Option<int?> Connections { get; } = new("--connections")
    {
        Description = "Requests in flight at once. Without it, 8.",
        HelpName = "NUMBER",
        Recursive = true,
    };

    public Option<string?> StallTime { get; } = new("--stall-time")
    {
        Description = "A request that makes no progress for so long is given up and made again. Without it, 1m.",
        HelpName = "DURATION",
        Recursive = true,
    };

    public Option<string?> RetryFor { get; } = new("--retry-for")
    {
        Description = "When the store does not answer, try again for so long before failing; 0 for not at all. "
            + "Without it, 15m; less where nobody ever answered.",
        HelpName = "DURATION",
        Recursive = true,
    };

    /// <summary>All of them, in the order of the help.</summary>
    public IReadOnlyList<Option> All =>
    [
        Settings, PasswordFile, PasswordCommand, AcceptNewHostKey, LimitUpload, LimitDownload, Connections, StallTime, RetryFor,
    ];
}
