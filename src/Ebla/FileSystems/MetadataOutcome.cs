using System.Numerics;
using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>How setting metadata went. To be counted and reported: it never stops a restore.</summary>
/// <param name="Problems">What could not be set.</param>
/// <param name="Errno">The first error number; 0 if there is none, also when only set-id bits were left out.</param>
internal readonly record struct MetadataOutcome(MetadataProblems Problems, int Errno)
{
    private readonly int[]? _errnos;

    public MetadataOutcome(MetadataProblems problems, int errno, int[]? errnos)
        : this(problems, errno) => _errnos = errnos;

    public bool IsComplete => Problems == MetadataProblems.None;

    /// <value>Flags that are still to be set, when nothing in or on the entry changes any more.</value>
    public FileFlags FinalFlags { get; init; }

    /// <summary>The first error number of one kind of problem; 0 if there is none.</summary>
    public int ErrnoOf(MetadataProblems kind) => _errnos is null ? Errno : _errnos[BitOperations.TrailingZeroCount((int)kind)];

    public bool Equals(MetadataOutcome other)
        => Problems == other.Problems && Errno == other.Errno && FinalFlags == other.FinalFlags;

    public override int GetHashCode() => HashCode.Combine(Problems, Errno, FinalFlags);
}
