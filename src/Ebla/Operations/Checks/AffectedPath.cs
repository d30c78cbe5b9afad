using Ebla.Primitives;

namespace Ebla.Operations.Checks;

/// <summary>A file or directory that cannot be restored whole.</summary>
/// <param name="Snapshot">The newest snapshot in which it is so; older ones may share it.</param>
/// <param name="Path">Its absolute path in the snapshot.</param>
/// <param name="IsDirectory">Whether it is a directory whose list is lost, with all below it.</param>
public sealed record AffectedPath(ObjectId Snapshot, ByteName Path, bool IsDirectory);
