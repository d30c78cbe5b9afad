using Ebla.Primitives;

namespace Ebla.Operations.Backups;

/// <summary>Something that could not be read as it should be.</summary>
/// <param name="Path">Which file or directory.</param>
/// <param name="Message">What happened.</param>
public sealed record BackupProblem(ByteName Path, string Message);
