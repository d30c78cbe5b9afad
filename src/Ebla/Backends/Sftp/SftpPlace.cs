using Ebla.Primitives;

namespace Ebla.Backends.Sftp;

/// <summary>Where a repository lies on its server.</summary>
internal sealed class SftpPlace(SftpLocation location)
{
    private volatile bool _hasSeenHeader;

    /// <summary>The location, for messages.</summary>
    public string Location { get; } = location.ToString();

    /// <summary>The path of the top folder, as the server is told it.</summary>
    public string Root => location.Path;

    /// <summary>Whether this was seen to be a repository.</summary>
    public bool HasSeenHeader
    {
        get => _hasSeenHeader;
        set => _hasSeenHeader = value;
    }

    /// <summary>The path on the server; of the top folder for an empty one.</summary>
    public string PathOf(string relativePath) => relativePath.Length == 0 ? Root : $"{Root}/{relativePath}";

    /// <summary>A name for messages.</summary>
    public string Name(string relativePath) => relativePath.Length == 0 ? Location : $"{Location}/{relativePath}";

    /// <summary>The folder that a path lies in; null at the root and at the home folder.</summary>
    public static string? ParentOf(string path)
        => path.TrimEnd('/').LastIndexOf('/') is > 0 and int slash ? path[..slash] : null;

    /// <summary>A disk that was unmounted leaves an empty folder. That must not look like a repository without objects, nor be filled.</summary>
    public async Task ThrowIfGoneAsync(SftpCalls calls, CancellationToken cancellationToken)
    {
        if (HasSeenHeader
            && await calls.StatAsync(PathOf(RepositoryLayout.HeaderName), Location, cancellationToken).ConfigureAwait(false) is null)
        {
            throw new BackendException(
                $"{Location}: the repository that was here is gone. Is the server's disk still mounted?", isTransient: false);
        }
    }
}
