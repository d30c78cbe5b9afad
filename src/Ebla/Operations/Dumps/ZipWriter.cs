using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Text;
using Ebla.Primitives;
using Ebla.Trees;

namespace Ebla.Operations.Dumps;

/// <summary>Writes zip archives: folders, files, symbolic links, with permissions as Unix programs put them there.</summary>
/// <remarks>Memory: what the directory at the end of the archive says of each entry. Owners and extended attributes have no place in it.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "Disposing the archive writes its end, which must not be there if something went wrong.")]
internal sealed class ZipWriter(Stream destination, DumpContent contents, Func<ByteName, ByteName> pathInSnapshot, DumpReport report)
    : IArchiveWriter
{
    private const int NameSizeInBytesMax = ushort.MaxValue;
    private const int RegularFormat = 0x8000;
    private const int DirectoryFormat = 0x4000;
    private const int LinkFormat = 0xA000;

    // The times of the format: local, from 1980, in steps of two seconds.
    private static readonly DateTime TimeMin = new(1980, 1, 1, 0, 0, 0, DateTimeKind.Local);
    private static readonly DateTime TimeMax = new(2107, 12, 31, 23, 59, 58, DateTimeKind.Local);
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ZipArchive _archive = new(destination, ZipArchiveMode.Create, leaveOpen: true);

    public async Task<bool> TryAddAsync(
        ByteName path, Node node, IReadOnlyList<ExtendedAttribute> attributes, CancellationToken cancellationToken)
    {
        if (path.IsEmpty)
        {
            return true; // The folder that all is in has no entry.
        }
        int format = node.Type switch
        {
            FileType.Regular => RegularFormat,
            FileType.Directory => DirectoryFormat,
            FileType.SymbolicLink => LinkFormat,
            _ => 0,
        };
        if (format == 0)
        {
            report.Add(pathInSnapshot(path), "a zip archive cannot hold pipes, sockets and devices");
            return false;
        }
        string name = NameOf(path) + (node.Type == FileType.Directory ? "/" : "");
        if (Strict.GetByteCount(name) > NameSizeInBytesMax)
        {
            report.Add(pathInSnapshot(path), "a zip archive cannot hold names longer than 65535 bytes");
            return false;
        }
        if (attributes.Count > 0)
        {
            report.Add(pathInSnapshot(path), "a zip archive cannot hold extended attributes");
        }
        ZipArchiveEntry entry = _archive.CreateEntry(name, CompressionLevel.Fastest);
        entry.ExternalAttributes = (format | node.Mode) << 16;
        entry.LastWriteTime = TimeOf(node.ModifiedTime);
        if (node.Type == FileType.Directory)
        {
            return true;
        }
        // Not disposed if something is wrong: then the entry is not to look whole.
        Stream content = entry.Open();
        if (node.Type == FileType.SymbolicLink)
        {
            content.Write(node.LinkTarget.Span);
        }
        else
        {
            await contents.CopyAsync(node, content, cancellationToken).ConfigureAwait(false);
        }
        content.Dispose();
        return true;
    }

    // Disposing writes the directory without which there is no archive.
    public void End() => _archive.Dispose();

    public void Cut()
    {
        // It has no directory: no reader takes it for whole.
    }

    private string NameOf(ByteName path)
    {
        try
        {
            return Strict.GetString(path.Span);
        }
        catch (DecoderFallbackException)
        {
            report.Add(pathInSnapshot(path), @"a zip archive cannot hold names that are not UTF-8: their bytes stand as \xHH");
            return path.ToString();
        }
    }

    private static DateTimeOffset TimeOf(UnixTime time)
    {
        DateTime local = time.ToDateTimeOffset().LocalDateTime;
        return local < TimeMin ? TimeMin : local > TimeMax ? TimeMax : local;
    }
}
