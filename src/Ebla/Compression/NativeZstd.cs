using System.Runtime.InteropServices;

namespace Ebla.Compression;

// Bound here rather than through ZstdNet's classes, from whose package the library comes: those cannot tell whether a frame is the
// only one, cannot say "does not fit" without an exception, and allocate for every parameter. The functions bound are all of the
// stable part of zstd.h (1.4 and later).

/// <summary>The native libzstd that is shipped with Ebla.</summary>
internal sealed unsafe partial class NativeZstd : ZstdLibrary
{
    /// <summary>1.4.0: the first version in which ZSTD_compress2 is stable.</summary>
    private const uint VersionMin = 10400;

    private const int CompressionLevelParameter = 100;
    private const int ContentSizeFlagParameter = 200;
    private const int ChecksumFlagParameter = 201;
    private const int DictionaryIdFlagParameter = 202;

    private readonly uint _version;

    private NativeZstd(uint version) => _version = version;

    public override string Description => $"native {_version / 10000}.{_version / 100 % 100}.{_version % 100}";

    /// <summary>The library, or null if there is none here: musl, an old glibc, another processor.</summary>
    public static NativeZstd? TryLoad()
    {
        try
        {
            uint version = ZSTD_versionNumber();
            return version >= VersionMin ? new NativeZstd(version) : null;
        }
        catch (Exception exception) when (
            exception is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            return null;
        }
    }

    public override ZstdContext NewCompressionContext(int level)
    {
        ZstdContext context = Checked(ZSTD_createCCtx(), isCompression: true);
        CheckParameter(ZSTD_CCtx_setParameter(context.Pointer, CompressionLevelParameter, level));
        CheckParameter(ZSTD_CCtx_setParameter(context.Pointer, ContentSizeFlagParameter, 1));
        CheckParameter(ZSTD_CCtx_setParameter(context.Pointer, ChecksumFlagParameter, 0));
        CheckParameter(ZSTD_CCtx_setParameter(context.Pointer, DictionaryIdFlagParameter, 0));
        return context;
    }

    public override ZstdContext NewDecompressionContext() => Checked(ZSTD_createDCtx(), isCompression: false);

    public override nuint Compress(ZstdContext context, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            nuint result = ZSTD_compress2(context.Pointer, to, (nuint)destination.Length, from, (nuint)source.Length);
            GC.KeepAlive(context);
            return result;
        }
    }

    public override nuint Decompress(ZstdContext context, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            nuint result = ZSTD_decompressDCtx(context.Pointer, to, (nuint)destination.Length, from, (nuint)source.Length);
            GC.KeepAlive(context);
            return result;
        }
    }

    public override nuint FindFrameSize(ReadOnlySpan<byte> source)
    {
        fixed (byte* from = source)
        {
            return ZSTD_findFrameCompressedSize(from, (nuint)source.Length);
        }
    }

    public override bool IsError(nuint result) => ZSTD_isError(result) != 0;

    public override string ErrorName(nuint result) => Marshal.PtrToStringUTF8(ZSTD_getErrorName(result)) ?? "unknown error";

    public override void FreeCompressionContext(nint context) => ZSTD_freeCCtx(context);

    public override void FreeDecompressionContext(nint context) => ZSTD_freeDCtx(context);

    [LibraryImport("libzstd")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial uint ZSTD_versionNumber();

    [LibraryImport("libzstd")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial uint ZSTD_isError(nuint result);

    [LibraryImport("libzstd")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial nint ZSTD_getErrorName(nuint result);

    [LibraryImport("libzstd")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial nint ZSTD_createCCtx();

    [LibraryImport("libzstd")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial nuint ZSTD_freeCCtx(nint context);

    [LibraryImport("libzstd")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial nuint ZSTD_CCtx_setParameter(nint context, int parameter, int value);

    [LibraryImport("libzstd")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial nuint ZSTD_compress2(
        nint context, byte* destination, nuint destinationSize, byte* source, nuint sourceSize);

    [LibraryImport("libzstd")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial nint ZSTD_createDCtx();

    [LibraryImport("libzstd")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial nuint ZSTD_freeDCtx(nint context);

    [LibraryImport("libzstd")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial nuint ZSTD_decompressDCtx(
        nint context, byte* destination, nuint destinationSize, byte* source, nuint sourceSize);

    [LibraryImport("libzstd")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    private static partial nuint ZSTD_findFrameCompressedSize(byte* source, nuint sourceSize);
}
