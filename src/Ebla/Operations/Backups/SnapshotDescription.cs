using Ebla.FileSystems;
using Ebla.Operations.Backups.Assembly;
using Ebla.Operations.Backups.Sentinels;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Snapshots;

namespace Ebla.Operations.Backups;

/// <summary>What the snapshots of one backup say: the partial ones and the whole one at the end.</summary>
internal sealed class SnapshotDescription
{
    private readonly BackupOptions _options;
    private readonly UnixTime _time;
    private readonly ByteName _host;
    private readonly IReadOnlyList<ByteName> _paths;
    private readonly SentinelChoice _sentinel;
    private readonly BackupCounters _counters;
    private readonly MemberId _writer;
    private readonly ByteName _user = new OwnerNames().UserName(LocalMachine.UserId());
    private readonly Dictionary<MemberId, KnownWriter> _known;

    public SnapshotDescription(
        MemberId writer, SnapshotList known, BackupOptions options, UnixTime time, ByteName host, IReadOnlyList<ByteName> paths,
        SentinelChoice sentinel, BackupCounters counters)
    {
        _options = options;
        _time = time;
        _host = host;
        _paths = paths;
        _sentinel = sentinel;
        _counters = counters;
        _writer = writer;
        _known = known.NewestOfWriters().ToDictionary(other => other.Writer);
    }

    /// <summary>The time that the snapshots bear.</summary>
    public UnixTime Time => _time;

    /// <summary>Which unmodified files the backup reads again.</summary>
    public SentinelChoice Sentinel => _sentinel;

    private ulong NextSequence => _known.TryGetValue(_writer, out KnownWriter own) ? own.Sequence + 1 : 1;

    /// <summary>Takes note of a snapshot of this backup, which the next one must name.</summary>
    public void Committed(ObjectId snapshot) => _known[_writer] = new KnownWriter(_writer, NextSequence, snapshot);

    public Snapshot Of(AssembledTree tree, bool isPartial, long storedInBytes) => new()
    {
        Root = tree.Root,
        Writer = _writer,
        Sequence = NextSequence,
        Time = _time,
        Known = [.. _known.Values.OrderBy(other => other.Writer.Value)],
        IsPartial = isPartial,
        Host = _host,
        User = _user,
        Paths = _paths,
        Tags = _options.Tags,
        Description = _options.Description,
        Program = _options.Program,
        Summary = new SnapshotSummary
        {
            Files = tree.Totals.Files,
            Directories = tree.Totals.Directories,
            Others = tree.Totals.Others,
            SizeInBytes = tree.Totals.SizeInBytes,
            AddedInBytes = _counters.AddedInBytes,
            StoredInBytes = storedInBytes,
            Errors = _counters.Errors,
            SentinelPosition = isPartial ? _sentinel.Start : _sentinel.End,
        },
    };
}
