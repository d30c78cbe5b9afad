using Ebla.Primitives;
using Microsoft.Win32.SafeHandles;

namespace Ebla.FileSystems;

/// <summary>An open file descriptor and the path it was reached by.</summary>
/// <remarks>
/// What is open derives from the handle instead of holding one, so that an open file costs one object. The handle counts its users: a
/// descriptor number is not given back, and so not taken by another file, while a call on any thread still uses it.
/// </remarks>
internal abstract class Descriptor : SafeHandleMinusOneIsInvalid
{
    /// <summary>Where relative paths start: the working directory of the process.</summary>
    public static readonly Descriptor WorkingDirectory = new WorkingDirectoryDescriptor();

    private readonly Descriptor? _parent;
    private readonly ByteName _name;

    /// <param name="descriptor">Is owned from here on.</param>
    /// <param name="parent">Used for the path only, so it may be closed.</param>
    /// <param name="name">The name in the parent, or the whole path where there is no parent.</param>
    /// <param name="ownsDescriptor">Whether to close the descriptor.</param>
    protected Descriptor(int descriptor, Descriptor? parent, ByteName name, bool ownsDescriptor = true)
        : base(ownsDescriptor)
    {
        _parent = parent;
        _name = name;
        SetHandle(descriptor);
    }

    /// <value>The root's path as it was given, and the names from there. Put together at each call: for messages.</value>
    public ByteName Path
    {
        get
        {
            Stack<ByteName> names = [];
            for (Descriptor? at = this; at is not null; at = at._parent)
            {
                names.Push(at._name);
            }
            return ByteName.OfPath(names);
        }
    }

    /// <value>Where it was reached from; perhaps closed by now.</value>
    protected Descriptor? Parent => _parent;

    /// <value>The name in the parent, or the whole path where there is no parent.</value>
    protected ByteName Name => _name;

    /// <summary>The metadata of what is open, as they are now, whatever has become of its name.</summary>
    /// <exception cref="FileSystemException">The call fails.</exception>
    public FileMetadata Stat()
    {
        int result = Posix.Stat(this, out FileMetadata metadata);
        return result < 0 ? throw Error("read the metadata of", result) : metadata;
    }

    /// <value>What close returned: network file systems report lost writes there. 0 until it is closed.</value>
    protected int CloseResult { get; private set; }

    protected override bool ReleaseHandle()
    {
        CloseResult = Posix.Close(handle);
        return CloseResult == 0;
    }

    protected FileSystemException Error(string action, int result)
        => FileSystemException.FromErrno(action, Path, -result);

    protected FileSystemException Error(string action, ReadOnlySpan<byte> name, int result)
        => FileSystemException.FromErrno(action, PathOf(name), -result);

    protected ByteName PathOf(ReadOnlySpan<byte> name) => Path.Join(new ByteName(name));

    private sealed class WorkingDirectoryDescriptor()
        : Descriptor(Posix.AT_FDCWD, null, new ByteName("."u8), ownsDescriptor: false);
}
