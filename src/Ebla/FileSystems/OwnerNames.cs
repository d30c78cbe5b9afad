using System.Collections.Concurrent;
using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>Names of users and groups for their numbers, and back, as this machine knows them (files, LDAP, whatever NSS is set to).</summary>
/// <remarks>Safe for concurrent calls. Answers are remembered, also that there is none. Names are raw bytes.</remarks>
internal sealed class OwnerNames
{
    private const int BufferSizeInBytesUsual = 1024;

    /// <summary>16 MiB: groups come with the names of all their members; this is room for a million.</summary>
    private const int BufferSizeInBytesMax = 1 << 24;

    private readonly ConcurrentDictionary<(bool IsGroup, uint Id), ByteName> _names = new();
    private readonly ConcurrentDictionary<(bool IsGroup, ByteName Name), uint?> _ids = new();

    /// <summary>Empty if there is no such user.</summary>
    /// <exception cref="FileSystemException">The system cannot tell now (no memory, too many open files, I/O error).</exception>
    public ByteName UserName(uint userId) => Name(isGroup: false, userId);

    /// <summary>Empty if there is no such group.</summary>
    /// <exception cref="FileSystemException">The system cannot tell now.</exception>
    public ByteName GroupName(uint groupId) => Name(isGroup: true, groupId);

    /// <summary>Null if there is no such user.</summary>
    /// <exception cref="FileSystemException">The system cannot tell now.</exception>
    public uint? UserId(ByteName userName) => Id(isGroup: false, userName);

    /// <summary>Null if there is no such group.</summary>
    /// <exception cref="FileSystemException">The system cannot tell now.</exception>
    public uint? GroupId(ByteName groupName) => Id(isGroup: true, groupName);

    private ByteName Name(bool isGroup, uint id)
        => _names.TryGetValue((isGroup, id), out ByteName name)
            ? name
            : _names.GetOrAdd((isGroup, id), LookUp(isGroup, id, default)?.Name ?? default);

    private uint? Id(bool isGroup, ByteName name)
        => name.IsEmpty ? null
            : _ids.TryGetValue((isGroup, name), out uint? id) ? id
            : _ids.GetOrAdd((isGroup, name), LookUp(isGroup, 0, name)?.Id);

    private static (ByteName Name, uint Id)? LookUp(bool isGroup, uint id, ByteName name)
    {
        for (int size = BufferSizeInBytesUsual; size <= BufferSizeInBytesMax;)
        {
            using RentedBuffer buffer = new(size);
            int result = Posix.GetAccount(isGroup, id, name.Span, buffer.Span, out uint foundId, out int nameStart);
            switch (result)
            {
                case > 0:
                    ReadOnlySpan<byte> found = buffer.Span[nameStart..];
                    return (new ByteName(found[..found.IndexOf((byte)0)]), foundId);
                case -Posix.ERANGE:
                    size *= 2;
                    break;
                case -Posix.EINTR:
                    break;
                case -Posix.EIO or -Posix.ENOMEM or -Posix.EMFILE or -Posix.ENFILE:
                    throw FileSystemException.FromErrno(
                        isGroup ? "look up the group" : "look up the user",
                        name.IsEmpty ? ByteName.FromText($"{id}") : name,
                        -result);
                default:
                    // Nothing found: 0, but many sources say so by an error of their choice (getpwnam(3) lists some).
                    return null;
            }
        }
        return null;
    }
}
