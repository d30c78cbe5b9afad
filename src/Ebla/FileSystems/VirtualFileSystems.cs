using System.Collections.Concurrent;
using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>
/// Knows the file systems whose files have no stored content: the kernel makes it when it is read (/proc, /sys). Their sizes and times
/// tell nothing. Each device is asked once. Safe for concurrent use.
/// </summary>
internal sealed class VirtualFileSystems
{
    // The magic numbers of include/uapi/linux/magic.h and, where that has none, of the file system's own source.
    private const int ReadBits = 0x124; // r--r--r--

    private const long Proc = 0x9fa0;
    private const long DebugFs = 0x64626720;
    private const long TraceFs = 0x74726163;

    private static readonly HashSet<long> VirtualTypes =
    [
        Proc, DebugFs, TraceFs,
        0x62656572, // sysfs
        0x73636673, // securityfs
        0x5a3c69f0, // apparmorfs
        0xf97cff8c, // selinuxfs
        0x43415d53, // smackfs
        0x27e0eb, // cgroup
        0x63677270, // cgroup2
        0x7655821, // resctrl
        0x62656570, // configfs
        0x42494e4d, // binfmt_misc
        0x19800202, // mqueue
        0xcafe4a11, // bpf
        0x65735543, // fusectl
        0x6e667364, // nfsd
        0x67596969, // rpc_pipefs
        0xabba1974, // xenfs
        0x6c6f6f70, // binderfs
    ];

    private readonly ConcurrentDictionary<ulong, long> _types = [];

    /// <summary>Whether the file is made when it is read. Asked only of files without blocks: all others are stored.</summary>
    public bool Hold(Descriptor descriptor, in FileMetadata metadata)
        => metadata.AllocatedSizeInBytes == 0 && VirtualTypes.Contains(TypeOf(descriptor, metadata.Device));

    /// <summary>Whether reading the file would take from it what another program waits for: logs that can be read once.</summary>
    public bool IsTakenByReading(Descriptor descriptor, in FileMetadata metadata, ByteName name) => TypeOf(descriptor, metadata.Device) switch
    {
        Proc => name.Span.SequenceEqual("kmsg"u8),
        TraceFs or DebugFs => name.Span.StartsWith("trace_pipe"u8),
        _ => false,
    };

    /// <summary>
    /// Whether a file that the kernel makes has nothing to be read: it takes orders. To open it for reading may be one: to open and close
    /// free_buffer of tracefs frees the buffer.
    /// </summary>
    public static bool IsNotForReading(in FileMetadata metadata) => (metadata.Mode & ReadBits) == 0;

    // A file system that cannot be asked counts as an ordinary one.
    private long TypeOf(Descriptor descriptor, ulong device)
    {
        if (!_types.TryGetValue(device, out long type))
        {
            _ = Posix.GetFileSystemType(descriptor, out type);
            _types[device] = type;
        }
        return type;
    }
}
