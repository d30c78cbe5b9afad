using Ebla.FileSystems;
using Ebla.Operations.Backups.Nodes;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Backups.Assembly;

/// <summary>A file to be read. Whoever reads it completes it.</summary>
/// <param name="directory">Where it is; open until the job is complete.</param>
/// <param name="name">Its name.</param>
/// <param name="change">How it relates to the previous snapshot.</param>
/// <param name="unmodified">The previous entry, if the file seems unmodified and is read by the rot sentinel; else null.</param>
/// <param name="parent">The directory that waits for it.</param>
/// <param name="onComplete">Takes the node, or null if there is none.</param>
internal sealed class FileJob(
    SourceDirectory directory, ByteName name, FileChange change, TreeEntry? unmodified, PendingDirectory parent,
    Action<FileJob, EncodedNode?> onComplete)
    : PendingEntry(parent)
{
    /// <summary>Where the file is.</summary>
    public SourceDirectory Directory => directory;

    public ByteName Name => name;

    public FileChange Change => change;

    /// <summary>The previous entry, if the file seems unmodified and is read by the rot sentinel; else null.</summary>
    public TreeEntry? Unmodified => unmodified;

    /// <summary>Hands over the file's node; null if it vanished or cannot be read. Once, from any thread.</summary>
    public void Complete(EncodedNode? node) => onComplete(this, node);
}
