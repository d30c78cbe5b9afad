using ZstdSharp.Unsafe;

namespace Ebla.Compression;

/// <summary>ZstdSharp.Port, the zstd source translated to C#.</summary>
internal sealed unsafe class ManagedZstd : ZstdLibrary
{
    private ManagedZstd()
    {
    }

    public static ManagedZstd Instance { get; } = new();

    public override string Description => $"managed {Methods.ZSTD_versionString()}";

    public override ZstdContext NewCompressionContext(int level)
    {
        ZstdContext context = Checked((nint)Methods.ZSTD_createCCtx(), isCompression: true);
        ZSTD_CCtx_s* pointer = (ZSTD_CCtx_s*)context.Pointer;
        CheckParameter(Methods.ZSTD_CCtx_setParameter(pointer, ZSTD_cParameter.ZSTD_c_compressionLevel, level));
        CheckParameter(Methods.ZSTD_CCtx_setParameter(pointer, ZSTD_cParameter.ZSTD_c_contentSizeFlag, 1));
        CheckParameter(Methods.ZSTD_CCtx_setParameter(pointer, ZSTD_cParameter.ZSTD_c_checksumFlag, 0));
        CheckParameter(Methods.ZSTD_CCtx_setParameter(pointer, ZSTD_cParameter.ZSTD_c_dictIDFlag, 0));
        return context;
    }

    public override ZstdContext NewDecompressionContext() => Checked((nint)Methods.ZSTD_createDCtx(), isCompression: false);

    public override nuint Compress(ZstdContext context, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            nuint result = Methods.ZSTD_compress2(
                (ZSTD_CCtx_s*)context.Pointer, to, (nuint)destination.Length, from, (nuint)source.Length);
            GC.KeepAlive(context);
            return result;
        }
    }

    public override nuint Decompress(ZstdContext context, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            nuint result = Methods.ZSTD_decompressDCtx(
                (ZSTD_DCtx_s*)context.Pointer, to, (nuint)destination.Length, from, (nuint)source.Length);
            GC.KeepAlive(context);
            return result;
        }
    }

    public override nuint FindFrameSize(ReadOnlySpan<byte> source)
    {
        fixed (byte* from = source)
        {
            return Methods.ZSTD_findFrameCompressedSize(from, (nuint)source.Length);
        }
    }

    public override bool IsError(nuint result) => Methods.ZSTD_isError(result);

    public override string ErrorName(nuint result) => Methods.ZSTD_getErrorName(result);

    public override void FreeCompressionContext(nint context) => Methods.ZSTD_freeCCtx((ZSTD_CCtx_s*)context);

    public override void FreeDecompressionContext(nint context) => Methods.ZSTD_freeDCtx((ZSTD_DCtx_s*)context);
}
