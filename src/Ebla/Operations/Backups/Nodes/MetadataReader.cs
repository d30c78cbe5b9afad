using System.Runtime.InteropServices;
using Ebla.FileSystems;
using Ebla.Operations.Backups.Storing;
using Ebla.Primitives;
using Ebla.Trees;

namespace Ebla.Operations.Backups.Nodes;

/// <summary>
/// Reads extended attributes and flags for nodes, stores large sets, and gathers what could not be read, to be reported once per kind.
/// Safe for concurrent use.
/// </summary>
internal sealed class MetadataReader(AttributeStore store, BackupLog log)
{
    private readonly AttributeReader _reader = new();
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, (ByteName First, string Message, long Count)> _problems = new(StringComparer.Ordinal);

    /// <summary>Of an open file.</summary>
    public ValueTask<NodeAttributes> ReadAsync(SourceFile file, FileMetadata metadata, CancellationToken cancellationToken)
        => TakeAsync(_reader.Read(file, metadata), file, default, cancellationToken);

    /// <summary>Of an open directory.</summary>
    public ValueTask<NodeAttributes> ReadAsync(SourceDirectory directory, FileMetadata metadata, CancellationToken cancellationToken)
        => TakeAsync(_reader.Read(directory, metadata), directory, default, cancellationToken);

    /// <summary>Of a link itself, a FIFO, a socket or a device.</summary>
    /// <exception cref="FileSystemException">It has vanished.</exception>
    public ValueTask<NodeAttributes> ReadAsync(
        SourceDirectory directory, ByteName name, FileMetadata metadata, CancellationToken cancellationToken)
        => TakeAsync(_reader.Read(directory, name, metadata), directory, name, cancellationToken);

    /// <summary>Reports what could not be read.</summary>
    public void ReportProblems()
    {
        lock (_lock)
        {
            foreach ((ByteName first, string message, long count) in _problems.Values)
            {
                log.Problem(first, count == 1 ? message : $"{message} (and the same for {count - 1} more)");
            }
            _problems.Clear();
        }
    }

    private async ValueTask<NodeAttributes> TakeAsync(
        EntryAttributes read, Descriptor place, ByteName name, CancellationToken cancellationToken)
    {
        foreach (AttributeProblem problem in read.Problems)
        {
            string what = problem.Kind == MetadataProblems.Flags ? "the flags of chattr"
                : problem.Attribute.IsEmpty ? "the list of extended attributes"
                : $"the extended attribute {problem.Attribute}";
            Count(place, name, what, $"{what} could not be read: {Marshal.GetPInvokeErrorMessage(problem.Errno)}");
        }
        bool isComplete = read.Problems.Count == 0;
        if (read.Extended.Count == 0)
        {
            return new NodeAttributes([], [], read.Flags, isComplete);
        }
        IReadOnlyList<ExtendedAttribute> kept = read.Extended;
        if (ExtendedAttributesCodec.SizeOf(kept) is > ExtendedAttributesCodec.SizeInBytesMax and long size)
        {
            kept = Shorten(kept);
            isComplete = false;
            Count(place, name, "too many", $"extended attributes of {size >> 20} MiB are too many: the last ones were left out");
        }
        return ExtendedAttributesCodec.SizeOf(kept) <= ExtendedAttributesCodec.InlineSizeInBytesMax
            ? new NodeAttributes(kept, [], read.Flags, isComplete)
            : new NodeAttributes(
                [],
                await store.StoreAsync(ExtendedAttributesCodec.Encode(kept), cancellationToken).ConfigureAwait(false),
                read.Flags,
                isComplete);
    }

    private static List<ExtendedAttribute> Shorten(IReadOnlyList<ExtendedAttribute> attributes)
    {
        List<ExtendedAttribute> kept = [.. attributes];
        long size = ExtendedAttributesCodec.SizeOf(kept);
        while (size > ExtendedAttributesCodec.SizeInBytesMax)
        {
            size -= ExtendedAttributesCodec.SizeOf(kept[^1]);
            kept.RemoveAt(kept.Count - 1);
        }
        return kept;
    }

    private void Count(Descriptor place, ByteName name, string kind, string message)
    {
        lock (_lock)
        {
            _problems[kind] = _problems.TryGetValue(kind, out (ByteName First, string Message, long Count) seen)
                ? seen with { Count = seen.Count + 1 }
                : (name.IsEmpty ? place.Path : place.Path.Join(name), message, 1);
        }
    }
}
