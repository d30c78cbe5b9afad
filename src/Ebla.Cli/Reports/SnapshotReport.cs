using Ebla.Cli.Rendering;
using Ebla.Repositories;
using Ebla.Snapshots;

namespace Ebla.Cli.Reports;

/// <summary>One element of what <c>snapshots --json</c> prints.</summary>
internal sealed record SnapshotReport
{
    public required string Id { get; init; }

    /// <summary>When the backup began, UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    public required string Host { get; init; }

    public required string User { get; init; }

    public required string[] Paths { get; init; }

    public required string[] Tags { get; init; }

    /// <summary>Length of all files together.</summary>
    public required long Bytes { get; init; }

    public required long Files { get; init; }

    public required long Dirs { get; init; }

    /// <summary>Plaintext that was new to the repository.</summary>
    public required long BytesAdded { get; init; }

    /// <summary>What was written for it.</summary>
    public required long BytesStored { get; init; }

    /// <summary>Things that could not be read.</summary>
    public required long Errors { get; init; }

    /// <summary>Whether the backup was interrupted: what is here is whole, but not all is here.</summary>
    public required bool Partial { get; init; }

    public required string Description { get; init; }

    public required string Program { get; init; }

    /// <summary>Of a copy: where it was first made; else null.</summary>
    public required Origin? CopiedFrom { get; init; }

    /// <summary>Whether it must not be forgotten.</summary>
    public required bool Pinned { get; init; }

    public static SnapshotReport Of(StoredSnapshot stored, bool isPinned)
    {
        Snapshot snapshot = stored.Snapshot;
        return new SnapshotReport
        {
            Id = stored.Id.ToString(),
            Time = snapshot.Time.ToDateTimeOffset(),
            Host = SafeText.ForJson(snapshot.Host),
            User = SafeText.ForJson(snapshot.User),
            Paths = [.. snapshot.Paths.Select(SafeText.ForJson)],
            Tags = [.. snapshot.Tags],
            Bytes = snapshot.Summary.SizeInBytes,
            Files = snapshot.Summary.Files,
            Dirs = snapshot.Summary.Directories,
            BytesAdded = snapshot.Summary.AddedInBytes,
            BytesStored = snapshot.Summary.StoredInBytes,
            Errors = snapshot.Summary.Errors,
            Partial = snapshot.IsPartial,
            Description = snapshot.Description,
            Program = snapshot.Program,
            CopiedFrom = snapshot.Origin is { } origin ? new Origin(origin.Repository.ToString(), origin.Snapshot.ToString()) : null,
            Pinned = isPinned,
        };
    }

    /// <param name="RepositoryId">The repository in which it was first made.</param>
    /// <param name="SnapshotId">Its id there.</param>
    internal sealed record Origin(string RepositoryId, string SnapshotId);
}
