using System.Globalization;
using System.Text;
using Ebla.Primitives;
using Ebla.Trees;

namespace Ebla.Operations.Dumps;

/// <summary>Writes tar archives with extended headers (POSIX.1-2001, "pax Interchange Format"): names of any bytes and length, times to
/// the nanosecond, extended attributes, files of any size.</summary>
/// <remarks>Memory: the paths of files with several names. Sockets and the flags of chattr have no place in it.</remarks>
internal sealed class PaxWriter(Stream destination, DumpContent contents, Func<ByteName, ByteName> pathInSnapshot, DumpReport report)
    : IArchiveWriter
{
    // Tapes were written in records of 20 blocks; readers still like the end to be at such a place.
    private const int RecordSizeInBytes = 20 * TarHeader.SizeInBytes;

    private readonly Dictionary<HardLinkId, (Node First, ByteName Path)> _links = [];
    private readonly byte[] _block = new byte[TarHeader.SizeInBytes];
    private long _position;
    private bool _isInContent;

    public async Task<bool> TryAddAsync(
        ByteName path, Node node, IReadOnlyList<ExtendedAttribute> attributes, CancellationToken cancellationToken)
    {
        if (TypeOf(node.Type) is not { } type)
        {
            report.Add(pathInSnapshot(path), "a tar archive cannot hold sockets");
            return false;
        }
        byte[] name = node.Type == FileType.Directory
            ? path.IsEmpty ? "./"u8.ToArray() : [.. path.Span, (byte)'/']
            : path.Span.ToArray();
        ByteName target = node.Type == FileType.SymbolicLink ? node.LinkTarget : default;
        long size = node.Type == FileType.Regular ? node.SizeInBytes : 0;
        if (node.HardLink is { } id)
        {
            if (_links.TryGetValue(id, out (Node First, ByteName Path) first)
                && first.First.Type == node.Type && first.First.SizeInBytes == node.SizeInBytes)
            {
                (type, target, size, attributes) = ('1', first.Path, 0, []);
            }
            else
            {
                _links[id] = (node, path);
            }
        }
        PaxRecords records = RecordsOf(name, node, target, size, attributes);
        if (!records.IsEmpty)
        {
            WriteExtended(records);
        }
        TarHeader.Write(
            _block, name, type, node.Mode, (node.UserId, node.GroupId), size, node.ModifiedTime, target.Span,
            (node.UserName, node.GroupName), node.DeviceNumber ?? default);
        Write(_block);
        if (size > 0)
        {
            _isInContent = true;
            await contents.CopyAsync(node, destination, cancellationToken).ConfigureAwait(false);
            _isInContent = false;
            _position += size;
            Pad();
        }
        return true;
    }

    public void End()
    {
        _block.AsSpan().Clear();
        Write(_block);
        Write(_block);
        while (_position % RecordSizeInBytes != 0)
        {
            Write(_block);
        }
    }

    // Between two entries, readers take the end of the stream for the end of the archive: so a header promises more, and it does not come.
    public void Cut()
    {
        if (!_isInContent)
        {
            TarHeader.Write(_block, "PaxHeaders/cut-off"u8, 'x', 0x1A4, default, RecordSizeInBytes, default, default, default, default);
            Write(_block);
        }
    }

    private static char? TypeOf(FileType type) => type switch
    {
        FileType.Regular => '0',
        FileType.SymbolicLink => '2',
        FileType.CharacterDevice => '3',
        FileType.BlockDevice => '4',
        FileType.Directory => '5',
        FileType.Fifo => '6',
        _ => null,
    };

    private static PaxRecords RecordsOf(
        ReadOnlySpan<byte> name, Node node, ByteName target, long size, IReadOnlyList<ExtendedAttribute> attributes)
    {
        PaxRecords values = new();
        AddText("path", name, TarHeader.NameSizeInBytesMax);
        AddText("linkpath", target.Span, TarHeader.NameSizeInBytesMax);
        AddText("uname", node.UserName.Span, TarHeader.OwnerSizeInBytesMax);
        AddText("gname", node.GroupName.Span, TarHeader.OwnerSizeInBytesMax);
        AddNumber("uid", node.UserId, 8);
        AddNumber("gid", node.GroupId, 8);
        AddNumber("size", size, 12);
        UnixTime modified = node.ModifiedTime;
        if (modified.Nanoseconds != 0 || modified.Seconds < 0 || modified.Seconds > TarHeader.NumberMax(12))
        {
            values.Add("mtime", modified);
        }
        foreach (ExtendedAttribute attribute in attributes)
        {
            values.Add(attribute);
        }
        if (values.IsText)
        {
            return values;
        }
        // Says that the texts are the bytes of some file system, not UTF-8. It must come first.
        PaxRecords binary = new();
        binary.Add("hdrcharset", "BINARY"u8);
        binary.Append(values);
        return binary;

        void AddText(string key, ReadOnlySpan<byte> text, int sizeMax)
        {
            if (text.Length > sizeMax || text.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            {
                values.Add(key, text);
            }
        }

        void AddNumber(string key, long number, int fieldSize)
        {
            if (number > TarHeader.NumberMax(fieldSize))
            {
                values.Add(key, number);
            }
        }
    }

    private void WriteExtended(PaxRecords records)
    {
        // The name is for readers that do not know such headers, and would make a file of it.
        byte[] name = Encoding.ASCII.GetBytes(
            $"PaxHeaders/{(_position / TarHeader.SizeInBytes).ToString(CultureInfo.InvariantCulture)}");
        TarHeader.Write(_block, name, 'x', 0x1A4, default, records.Bytes.Length, default, default, default, default);
        Write(_block);
        Write(records.Bytes);
        Pad();
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        destination.Write(bytes);
        _position += bytes.Length;
    }

    private void Pad()
    {
        int rest = (int)(_position % TarHeader.SizeInBytes);
        if (rest > 0)
        {
            Write(new byte[TarHeader.SizeInBytes - rest]);
        }
    }
}
