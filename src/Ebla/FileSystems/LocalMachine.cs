using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>Who and where we are.</summary>
internal static class LocalMachine
{
    /// <summary>The machine's name, as the administrator set it: raw bytes.</summary>
    /// <exception cref="FileSystemException">The system does not tell.</exception>
    public static ByteName HostName()
    {
        Span<byte> buffer = stackalloc byte[256]; // Linux: 64 at most (HOST_NAME_MAX).
        buffer.Clear();
        int result = Posix.GetHostName(buffer[..^1]);
        return result < 0
            ? throw FileSystemException.FromErrno("read", ByteName.FromText("the host name"), -result)
            : new ByteName(buffer[..buffer.IndexOf((byte)0)]);
    }

    /// <summary>The user whose rights this process has.</summary>
    public static uint UserId() => Posix.EffectiveUserId();

    /// <summary>The group whose rights this process has.</summary>
    public static uint GroupId() => Posix.EffectiveGroupId();
}
