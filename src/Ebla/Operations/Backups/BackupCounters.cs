using Ebla.Operations.Backups.Assembly;
using Ebla.Primitives;

namespace Ebla.Operations.Backups;

/// <summary>What a running backup has counted so far. Safe to read at any time.</summary>
public sealed class BackupCounters
{
    private long _filesNew;
    private long _filesChanged;
    private long _filesUnmodified;
    private long _directories;
    private long _others;
    private long _processedInBytes;
    private long _addedInBytes;
    private long _errors;
    private long _excluded;
    private long _partialSnapshots;
    private long _sentinelFiles;
    private long _sentinelInBytes;
    private long _rotAlarms;
    private volatile FileJob? _current;

    /// <summary>Files that the previous snapshot does not have.</summary>
    public long FilesNew => Interlocked.Read(ref _filesNew);

    /// <summary>Files read because they may differ.</summary>
    public long FilesChanged => Interlocked.Read(ref _filesChanged);

    /// <summary>Files taken over unread.</summary>
    public long FilesUnmodified => Interlocked.Read(ref _filesUnmodified);

    /// <summary>Files done.</summary>
    public long Files => FilesNew + FilesChanged + FilesUnmodified;

    /// <summary>Directories done.</summary>
    public long Directories => Interlocked.Read(ref _directories);

    /// <summary>Links, pipes, sockets, devices done.</summary>
    public long Others => Interlocked.Read(ref _others);

    /// <summary>Bytes of files done.</summary>
    public long ProcessedInBytes => Interlocked.Read(ref _processedInBytes);

    /// <summary>Plaintext bytes new to the repository.</summary>
    public long AddedInBytes => Interlocked.Read(ref _addedInBytes);

    /// <summary>Entries left out by choice; a directory counts once, whatever is in it.</summary>
    public long Excluded => Interlocked.Read(ref _excluded);

    /// <summary>Partial snapshots committed on the way.</summary>
    public long PartialSnapshots => Interlocked.Read(ref _partialSnapshots);

    /// <summary>Problems reported.</summary>
    public long Errors => Interlocked.Read(ref _errors);

    /// <summary>Unmodified files read again by the rot sentinel.</summary>
    public long SentinelFiles => Interlocked.Read(ref _sentinelFiles);

    /// <summary>Their length together.</summary>
    public long SentinelInBytes => Interlocked.Read(ref _sentinelInBytes);

    /// <summary>How many of them had another content than before.</summary>
    public long RotAlarms => Interlocked.Read(ref _rotAlarms);

    /// <summary>A file that is being read now, or was the last; empty before the first.</summary>
    public ByteName CurrentPath => _current is { } job ? job.Directory.Path.Join(job.Name) : default;

    internal void Begin(FileJob job) => _current = job;

    internal void CountFile(FileChange change)
    {
        switch (change)
        {
            case FileChange.New: _ = Interlocked.Increment(ref _filesNew); break;
            case FileChange.Changed: _ = Interlocked.Increment(ref _filesChanged); break;
            default: _ = Interlocked.Increment(ref _filesUnmodified); break;
        }
    }

    internal void CountDirectory() => Interlocked.Increment(ref _directories);

    internal void CountOther() => Interlocked.Increment(ref _others);

    internal void CountProcessed(long sizeInBytes) => SizeSum.Count(ref _processedInBytes, sizeInBytes);

    internal void CountAdded(long sizeInBytes) => Interlocked.Add(ref _addedInBytes, sizeInBytes);

    internal void CountExcluded() => Interlocked.Increment(ref _excluded);

    internal void CountSentinel(long sizeInBytes)
    {
        _ = Interlocked.Increment(ref _sentinelFiles);
        SizeSum.Count(ref _sentinelInBytes, sizeInBytes);
    }

    internal void CountRotAlarm() => Interlocked.Increment(ref _rotAlarms);

    internal void CountPartialSnapshot() => Interlocked.Increment(ref _partialSnapshots);

    internal void CountError() => Interlocked.Increment(ref _errors);
}
