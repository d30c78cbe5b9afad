using System.Runtime.InteropServices;
using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>The operating system refused something about one file or directory.</summary>
public sealed class FileSystemException : EblaException
{
    private FileSystemException(string message, int errno, bool isVanished)
        : base(message)
    {
        Errno = errno;
        IsVanished = isVanished;
    }

    /// <value>The error number of the system call; 0 if the call succeeded and what it gave was refused.</value>
    public int Errno { get; }

    /// <value>
    /// Whether the file was removed, or something else was put in its place, since its name was read. In a live file system that is
    /// ordinary.
    /// </value>
    public bool IsVanished { get; }

    /// <value>Whether the file system takes nothing more: it is full, the quota is used up, or it is read-only.</value>
    internal bool IsFileSystemFull => Errno is Posix.ENOSPC or Posix.EDQUOT or Posix.EROFS;

    /// <value>Whether other rights are needed.</value>
    internal bool IsNotPermitted => Errno is Posix.EPERM or Posix.EACCES;

    /// <summary>"cannot ACTION PATH: REASON", with the system's own words for the reason.</summary>
    internal static FileSystemException FromErrno(string action, ByteName path, int errno) => new(
        $"cannot {action} {path}: {Marshal.GetPInvokeErrorMessage(errno)}",
        errno,
        // ESRCH: a file of /proc whose process has ended.
        // Every name is opened without following links, so ENOTDIR and ELOOP mean that the type has changed; ENXIO: to a socket.
        errno is Posix.ENOENT or Posix.ESRCH or Posix.ESTALE or Posix.ENOTDIR or Posix.ELOOP or Posix.ENXIO);

    /// <summary>A file that was opened turned out to be something else.</summary>
    internal static FileSystemException TypeChanged(ByteName path)
        => new($"cannot open {path}: it is no longer a regular file", 0, isVanished: true);

    /// <summary>A call that would be wrong whatever the file system says.</summary>
    internal static FileSystemException Refused(string action, ByteName path, string reason)
        => new($"cannot {action} {path}: {reason}", 0, isVanished: false);
}
