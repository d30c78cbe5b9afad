using System.Globalization;
using Ebla.Primitives;

namespace Ebla.Backends.Sftp;

/// <summary>How a request ended, and what the server says about it.</summary>
internal readonly record struct SftpStatus(SftpStatusCode Code, string Text)
{
    public bool IsOk => Code == SftpStatusCode.Ok;

    /// <summary>The failure as an exception.</summary>
    /// <param name="what">What could not be done, as "cannot open it".</param>
    /// <param name="where">To what: the location, or a path below it.</param>
    public EblaException ToException(string what, string where)
        => Code switch
        {
            SftpStatusCode.PermissionDenied => new AccessDeniedException($"{where}: {what}: the server denies permission."),
            SftpStatusCode.NoConnection or SftpStatusCode.ConnectionLost
                => new BackendException($"{where}: {what}: the server lost its connection.", isTransient: true),
            _ => new BackendException($"{where}: {what}: the server says: {Words}.", isTransient: false),
        };

    // Servers rarely say more than the name of the code.
    private string Words
        => Text.Length > 0 ? Text.TrimEnd('.') : Code switch
        {
            SftpStatusCode.NoSuchFile => "no such file",
            SftpStatusCode.EndOfFile => "end of file",
            SftpStatusCode.Failure => "failure",
            SftpStatusCode.Unsupported => "not supported",
            _ => string.Create(CultureInfo.InvariantCulture, $"status {(uint)Code}"),
        };
}
