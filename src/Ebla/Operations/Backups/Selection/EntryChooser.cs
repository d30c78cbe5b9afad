using Ebla.FileSystems;
using Ebla.Primitives;

namespace Ebla.Operations.Backups.Selection;

/// <summary>Between the walk and the selection: reads what directories say about themselves, counts, tells.</summary>
internal sealed class EntryChooser(SourceSelection selection, BackupLog log)
{
    /// <summary>Decides about an entry that the walk meets. Of a directory that is not taken, nothing below is met.</summary>
    public SelectionVerdict Decide(SelectionScope scope, SourceDirectory directory, ByteName name, in FileMetadata metadata)
    {
        SelectionVerdict verdict = scope.Decide(name.Span, metadata);
        if (!verdict.IsTaken)
        {
            log.Counters.CountExcluded();
            if (verdict.Cause == SelectionCause.OwnFolder)
            {
                // Paths are put together only where they are needed: they may be long.
                log.Notice(directory.Path.Join(name), verdict.ToString());
            }
        }
        return verdict;
    }

    /// <summary>Enters a directory that the walk has opened.</summary>
    /// <param name="above">The scope of the directory above; null for one that was named.</param>
    /// <param name="name">Its name; the whole path if it was named.</param>
    /// <param name="directory">The directory.</param>
    /// <param name="metadata">Its metadata.</param>
    /// <param name="names">What is in it.</param>
    public SelectionScope Enter(
        SelectionScope? above, ByteName name, SourceDirectory directory, in FileMetadata metadata, DirectoryListing names)
    {
        var marks = DirectoryMarks.Read(directory, names, selection.Options, log);
        return above is null ? selection.EnterNamed(name, metadata, marks) : above.Enter(name.Span, metadata, marks);
    }
}
