namespace Ebla.Backends.Sftp;

/// <summary>Carries the bytes of one session. Its streams are used by one thread each, with blocking calls.</summary>
internal abstract class SftpTransport : IAsyncDisposable
{
    /// <summary>To the server. Closing it ends the session.</summary>
    public abstract Stream ToServer { get; }

    /// <summary>From the server.</summary>
    public abstract Stream FromServer { get; }

    /// <summary>Why the bytes from the server ended. Waits a little for the reason to show up.</summary>
    public abstract SftpFailure ExplainEnd();

    /// <summary>Ends it hard, so that calls to the streams return. May be called often, from any thread.</summary>
    public abstract void Kill();

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
