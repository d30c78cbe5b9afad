using Ebla.Backends.Locations;
using Ebla.Primitives;

namespace Ebla.Backends.Sftp;

/// <summary>What a user can choose about SFTP besides the location.</summary>
internal sealed record SftpOptions
{
    private const string CommandName = "sftp.command";
    private const string IdentityName = "sftp.identity";
    private const string ConfigName = "sftp.config";

    /// <summary>A command for /bin/sh to run instead of ssh; its standard streams speak SFTP.</summary>
    public string? Command { get; private init; }

    /// <summary>The file of the private key.</summary>
    public string? IdentityFile { get; private init; }

    /// <summary>A file to use instead of ~/.ssh/config.</summary>
    public string? ConfigFile { get; private init; }

    /// <summary>Whether an unknown server's key is noted and trusted.</summary>
    public bool AcceptsNewHostKey { get; private init; }

    /// <exception cref="InvalidLocationException">An option is unknown or makes no sense.</exception>
    public static SftpOptions From(BackendSettings settings)
    {
        settings.ExpectOptions("SFTP", CommandName, IdentityName, ConfigName);
        SftpOptions options = new()
        {
            Command = Find(settings, CommandName),
            IdentityFile = Find(settings, IdentityName),
            ConfigFile = Find(settings, ConfigName),
            AcceptsNewHostKey = settings.AcceptsNewHostKey,
        };
        return options.Command is not null && (options.IdentityFile ?? options.ConfigFile) is not null
            ? throw new InvalidLocationException($"'{CommandName}' replaces ssh, so '{IdentityName}' and '{ConfigName}' cannot be given with it.")
            : options;
    }

    private static string? Find(BackendSettings settings, string name)
        => !settings.Options.TryGetValue(name, out string? value) ? null
            : value.Length > 0 && !value.Contains('\0', StringComparison.Ordinal) ? value
            : throw new InvalidLocationException($"The option '{name}' needs a value.");
}
