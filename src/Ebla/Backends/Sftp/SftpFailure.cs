using Ebla.Primitives;

namespace Ebla.Backends.Sftp;

/// <summary>Why a connection is of no use. Each request that it fails gets an exception of its own.</summary>
internal sealed record SftpFailure(string Message, bool IsTransient, bool IsAccessDenied = false)
{
    public BackendFailureKind Kind { get; init; }

    public EblaException ToException()
        => IsAccessDenied ? new AccessDeniedException(Message) : new BackendException(Message, IsTransient) { Kind = Kind };
}
