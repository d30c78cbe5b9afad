using Ebla.Primitives;

namespace Ebla.Operations.Backups.Selection;

/// <summary>A path that a user or his list named, from the root.</summary>
/// <param name="Path">The path.</param>
/// <param name="IsFollowed">Whether, if it is a link to a directory, the directory is meant.</param>
internal readonly record struct NamedPath(ByteName Path, bool IsFollowed)
{
    /// <summary>All that the options name, each path once, in order.</summary>
    public static IReadOnlyList<NamedPath> Of(BackupOptions options)
    {
        SortedDictionary<ByteName, bool> paths = [];
        foreach (ByteName path in options.ListedPaths)
        {
            paths[FileSystems.LocalPath.MakeAbsolute(path)] = false;
        }
        foreach (ByteName path in options.Paths)
        {
            paths[FileSystems.LocalPath.MakeAbsolute(path)] = true;
        }
        return [.. paths.Select(named => new NamedPath(named.Key, named.Value))];
    }
}
