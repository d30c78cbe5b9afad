using System.Runtime.InteropServices;

namespace Ebla.Compression;

/// <summary>The working memory of a compressor or decompressor, which lies outside the managed heap.</summary>
internal sealed class ZstdContext : SafeHandle
{
    private readonly ZstdLibrary _library;
    private readonly bool _isCompression;

    public ZstdContext(ZstdLibrary library, nint context, bool isCompression)
        : base(0, ownsHandle: true)
    {
        _library = library;
        _isCompression = isCompression;
        SetHandle(context);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>The pointer. The caller keeps this object alive while it uses it, and does not dispose of it meanwhile.</summary>
    public nint Pointer => !IsClosed ? handle : throw new ObjectDisposedException(nameof(ZstdContext));

    protected override bool ReleaseHandle()
    {
        if (_isCompression)
        {
            _library.FreeCompressionContext(handle);
        }
        else
        {
            _library.FreeDecompressionContext(handle);
        }
        return true;
    }
}
