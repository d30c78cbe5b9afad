using Ebla.Primitives;

namespace Ebla.Operations.Restores;

/// <summary>What a running restore has counted so far. Safe to read at any time.</summary>
public sealed class RestoreCounters
{
    private long _files;
    private long _directories;
    private long _others;
    private long _restoredInBytes;
    private long _fetchedInBytes;
    private long _keptInBytes;
    private long _left;
    private long _deleted;
    private long _errors;

    internal RestoreCounters(long? filesExpected, long? expectedInBytes)
    {
        FilesExpected = filesExpected;
        ExpectedInBytes = expectedInBytes;
    }

    /// <summary>Files that the snapshot says it has; null where only a part of it is restored.</summary>
    public long? FilesExpected { get; }

    /// <summary>Length of the files that the snapshot says it has; null where only a part of it is restored.</summary>
    public long? ExpectedInBytes { get; }

    /// <summary>Regular files done.</summary>
    public long Files => Interlocked.Read(ref _files);

    /// <summary>Directories done.</summary>
    public long Directories => Interlocked.Read(ref _directories);

    /// <summary>Links, pipes, sockets, devices done.</summary>
    public long Others => Interlocked.Read(ref _others);

    /// <summary>Bytes of files written so far, holes and further names of a file included.</summary>
    public long RestoredInBytes => Interlocked.Read(ref _restoredInBytes);

    /// <summary>Bytes of these that were right in the target already, or in what a killed run left there.</summary>
    public long KeptInBytes => Interlocked.Read(ref _keptInBytes);

    /// <summary>Entries left as they are because of the overwrite rule.</summary>
    public long Left => Interlocked.Read(ref _left);

    /// <summary>Entries removed from the target.</summary>
    public long Deleted => Interlocked.Read(ref _deleted);

    /// <summary>Bytes read from the repository for contents; of a dry run, those that would be.</summary>
    public long FetchedInBytes => Interlocked.Read(ref _fetchedInBytes);

    /// <summary>Problems reported.</summary>
    public long Errors => Interlocked.Read(ref _errors);

    internal void CountFile() => Interlocked.Increment(ref _files);

    internal void CountDirectory() => Interlocked.Increment(ref _directories);

    internal void CountOther() => Interlocked.Increment(ref _others);

    internal void CountRestored(long sizeInBytes) => SizeSum.Count(ref _restoredInBytes, sizeInBytes);

    internal void CountKept(long sizeInBytes)
    {
        SizeSum.Count(ref _keptInBytes, sizeInBytes);
        CountRestored(sizeInBytes);
    }

    internal void CountLeft() => Interlocked.Increment(ref _left);

    internal void CountDeleted() => Interlocked.Increment(ref _deleted);

    internal void CountFetched(long sizeInBytes) => Interlocked.Add(ref _fetchedInBytes, sizeInBytes);

    internal void CountError() => Interlocked.Increment(ref _errors);
}
