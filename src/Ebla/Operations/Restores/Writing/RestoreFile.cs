using Ebla.FileSystems;
using Ebla.Primitives;

namespace Ebla.Operations.Restores.Writing;

/// <summary>A regular file that is being restored.</summary>
/// <param name="directory">Where it is; waits for it.</param>
/// <param name="name">Its name.</param>
/// <param name="sizeInBytes">Its length.</param>
/// <param name="metadata">What it gets at the end.</param>
/// <param name="links">Its other names, if it has some.</param>
internal sealed class RestoreFile(
    RestoreDirectory directory, ByteName name, long sizeInBytes, in TargetMetadata metadata, LinkedFile? links)
{
    private readonly TargetMetadata _metadata = metadata;
    private int _waitingFor = 1;
    private string? _failure;
    private volatile bool _isPlanned;
    private volatile TargetFile? _opened;

    public RestoreDirectory Directory => directory;

    public ByteName Name => name;

    public long SizeInBytes => sizeInBytes;

    public ref readonly TargetMetadata Metadata => ref _metadata;

    public LinkedFile? Links => links;

    /// <summary>The one piece is the whole content: it is written in one go, past all the counting.</summary>
    public bool IsOnePiece { get; init; }

    /// <summary>How it is opened for writing. Set before its first piece is planned.</summary>
    public FileOpening Opening { get; set; }

    /// <summary>Whether all its pieces have been handed to plans.</summary>
    public bool IsPlanned => _isPlanned;

    /// <summary>What is wrong with it; null while nothing is.</summary>
    public string? Failure => Volatile.Read(ref _failure);

    /// <value>Set under the lock on <see cref="Lock"/>.</value>
    public TargetFile? Opened { get => _opened; set => _opened = value; }

    public bool HoldsSlot { get; set; }

    public Lock Lock { get; } = new();

    public ByteName PathInSnapshot => directory.PathOf(name);

    /// <summary>The first thing that goes wrong is the one to report.</summary>
    public void Fail(string message) => Interlocked.CompareExchange(ref _failure, message, null);

    public void AddPiece() => Interlocked.Increment(ref _waitingFor);

    public void EndPlanning() => _isPlanned = true;

    /// <summary>A piece, or the planning, is done. True if that was the last.</summary>
    public bool Release() => Interlocked.Decrement(ref _waitingFor) == 0;
}
