using Ebla.FileSystems;
using Ebla.Primitives;

namespace Ebla.Operations.Backups;

/// <summary>Decides of every entry that the walk meets whether it goes into the backup. The one place where that is decided.</summary>
internal sealed class EntryChooser(ExcludedFolders excluded, IBackupObserver observer)
{
    /// <summary>Whether the entry is backed up. Of a directory that is not, nothing below is met.</summary>
    /// <param name="level">The level of the walk that the entry is met at; null for a path that the user named.</param>
    /// <param name="directory">The directory it is in; null for a path that the user named.</param>
    /// <param name="name">Its name; the whole path if the user named it.</param>
    /// <param name="metadata">What it is; of a link itself.</param>
    public bool Includes(WalkLevel? level, SourceDirectory? directory, ByteName name, in FileMetadata metadata)
    {
        if (metadata.Type == FileType.Directory && excluded.Contains(metadata))
        {
            // Paths are put together only where they are needed: they may be long.
            ByteName path = directory?.Path.Join(name) ?? name;
            observer.Notice(new BackupProblem(path, "left out: it belongs to the repository or its cache"));
            return false;
        }
        return true;
    }
}
