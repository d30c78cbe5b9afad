using Ebla.Primitives;

namespace Ebla.Operations.Backups.Sentinels;

/// <summary>An unmodified file that no longer reads as it did.</summary>
/// <param name="Kind">What became of it.</param>
/// <param name="Path">The file.</param>
/// <param name="SnapshotId">The newest snapshot before this one, which holds the content as it was.</param>
/// <param name="Message">What the system says, where it cannot be read; else empty.</param>
public sealed record RotAlarm(RotKind Kind, ByteName Path, ObjectId SnapshotId, string Message);
