using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Copies;

/// <summary>What to copy, and how. Memory is bounded by these numbers and those of the upload.</summary>
public sealed record CopyOptions
{
    /// <summary>The snapshots, as a user names them. Empty: all.</summary>
    public IReadOnlyList<string> Snapshots { get; init; } = [];

    /// <summary>Only snapshots of one of these hosts. Empty: of all.</summary>
    public IReadOnlyList<ByteName> Hosts { get; init; } = [];

    /// <summary>Only snapshots with one of these tags. Empty: no such limit.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Only snapshots for which one of these paths was named. Empty: no such limit.</summary>
    public IReadOnlyList<ByteName> Paths { get; init; } = [];

    /// <summary>Whether also partial snapshots are copied that a later one supersedes.</summary>
    public bool IncludeSuperseded { get; init; }

    /// <summary>Whether only to say what would be copied. Nothing is written.</summary>
    public bool DryRun { get; init; }

    /// <summary>
    /// Whether blobs that could go over compressed are decompressed all the same, and compared with their ids. Else the hash and the
    /// encryption of their frames vouch for them, and the members who wrote them.
    /// </summary>
    public bool OpenAll { get; init; }

    /// <summary>How many ranges of packs are fetched and worked on at once.</summary>
    public int FetchesInFlightMax { get; init; } = 8;

    /// <summary>The most bytes of frames that are fetched together; a larger frame comes alone.</summary>
    public int FetchSizeInBytesMax { get; init; } = 4 << 20;

    /// <summary>Snapshots are committed together until they have stored this much.</summary>
    public long CommitSizeInBytes { get; init; } = 256 << 20;

    /// <summary>The most snapshots that are committed together.</summary>
    public int CommitCountMax { get; init; } = 64;

    /// <summary>How the copies are stored.</summary>
    public UploadOptions Upload { get; init; } = new();

    /// <summary>
    /// Whether it moves within one repository. What is fetched at once is then handed over in the order of the packs, so that the same move
    /// makes the same packs; and the links of trees are not compared with what the trees say: the record that has them is authentic, and
    /// what they lead to was decided by them before anything is moved.
    /// </summary>
    internal bool IsMove { get; init; }
}
