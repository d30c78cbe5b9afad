using Ebla.FileSystems;
using Ebla.Primitives;

namespace Ebla.Operations.Backups;

/// <summary>A file to be read; the result is its node, or null if there is none.</summary>
internal sealed record FileJob(SourceDirectory Directory, ByteName Name, FileChange Change)
{
    public TaskCompletionSource<EncodedNode?> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
