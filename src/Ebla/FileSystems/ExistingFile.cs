using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>A regular file that was in the target before: it is compared, and may lend its content. Never written to.</summary>
internal sealed class ExistingFile : ReadableFile
{
    internal ExistingFile(int descriptor, TargetDirectory directory, ByteName name)
        : base(descriptor, directory, name)
    {
    }

    /// <value>As they were at opening.</value>
    public FileMetadata Metadata { get; internal set; }

    /// <summary>Makes the next reads ask the disk, as far as the content is written there already.</summary>
    public void DropFromMemory() => Posix.AdviseNotNeeded(this);
}
