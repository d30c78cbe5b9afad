using Ebla.FileSystems;
using Ebla.Primitives;

namespace Ebla.Operations.Backups.Selection;

/// <summary>The paths named for a backup, looked at: those that are there and not left out.</summary>
/// <param name="Taken">They, sorted.</param>
/// <param name="LeftOut">Those that are left out, and why.</param>
/// <param name="Selection">What decides about all below them.</param>
internal sealed record NamedPaths(
    IReadOnlyList<NamedPath> Taken, IReadOnlyList<(ByteName Path, SelectionVerdict Verdict)> LeftOut, SourceSelection Selection)
{
    /// <summary>The paths as a tree.</summary>
    public RootPathTree Tree => RootPathTree.Of(Taken);

    /// <summary>Looks at all that the options name.</summary>
    /// <exception cref="SourceException">Nothing is left.</exception>
    public static NamedPaths Find(BackupOptions options, BackupLog log)
    {
        IReadOnlyList<NamedPath> named = NamedPath.Of(options);
        ExcludedFolders own = ExcludedFolders.Of(options.ExcludedFolders);
        SourceSelection selection = new(options.Selection, own, named.Select(one => one.Path));
        List<NamedPath> taken = [];
        List<(ByteName Path, SelectionVerdict Verdict)> leftOut = [];
        foreach (NamedPath one in named)
        {
            try
            {
                if (Decide(one, selection, own, log) is { IsTaken: false } verdict)
                {
                    leftOut.Add((one.Path, verdict));
                    log.Counters.CountExcluded();
                    log.Notice(one.Path, verdict.ToString());
                }
                else
                {
                    taken.Add(one);
                }
            }
            catch (FileSystemException exception)
            {
                log.Problem(one.Path, exception.Message);
            }
        }
        return taken.Count > 0
            ? new NamedPaths(taken, leftOut, selection)
            : throw new SourceException(named.Count == 0
                ? "The list names no path. No snapshot was made."
                : log.Counters.Errors == 0
                    ? "All of the paths to back up are left out. No snapshot was made."
                    : "None of the paths to back up can be read. No snapshot was made.");
    }

    private static SelectionVerdict Decide(NamedPath named, SourceSelection selection, ExcludedFolders own, BackupLog log)
    {
        FileMetadata metadata = SourceDirectory.StatRoot(named.Path);
        SourceDirectory? directory = null;
        try
        {
            if (metadata.Type == FileType.Directory || (metadata.Type == FileType.SymbolicLink && named.IsFollowed))
            {
                directory = TryOpenWay(named.Path);
                bool isFollowed = directory is not null && metadata.Type == FileType.SymbolicLink;
                metadata = directory?.Stat() ?? metadata;
                if (metadata.Type == FileType.SymbolicLink || isFollowed)
                {
                    log.Notice(named.Path, isFollowed
                        ? "a link to a folder: what is in that is backed up under this name"
                        : "a link: backed up as a link, without the file that it leads to");
                }
            }
            SelectionVerdict verdict = selection.DecideNamed(named.Path, metadata);
            directory ??= SourceDirectory.OpenWay(Above(named.Path));
            return verdict.IsTaken && own.ContainsWhereIs(directory) ? new SelectionVerdict(SelectionCause.OwnFolder) : verdict;
        }
        finally
        {
            directory?.Dispose();
        }
    }

    private static SourceDirectory? TryOpenWay(ByteName path)
    {
        try
        {
            return SourceDirectory.OpenWay(path);
        }
        catch (FileSystemException exception) when (exception.IsVanished)
        {
            return null; // A link to a file, or to nothing.
        }
    }

    private static ByteName Above(ByteName path)
    {
        int slash = path.Span.LastIndexOf((byte)'/');
        return new ByteName(slash == 0 ? path.Span[..1] : path.Span[..slash]);
    }
}
