using Ebla.FileSystems;
using Ebla.Primitives;
using Ebla.Snapshots;

namespace Ebla.Operations.Backups.Selection;

/// <summary>The paths that a snapshot says it is of.</summary>
internal static class SnapshotPaths
{
    /// <summary>What was named. Where a list is too long for a snapshot, the folder that all of the list lies in stands for it.</summary>
    public static IReadOnlyList<ByteName> Of(IReadOnlyList<NamedPath> named)
    {
        List<ByteName> all = [.. named.Select(one => one.Path)];
        IEnumerable<ByteName> listed = named.Where(one => !one.IsFollowed).Select(one => one.Path);
        return SnapshotDetailsCodec.HasRoomFor(all) || !listed.Any()
            ? all
            : [.. named.Where(one => one.IsFollowed).Select(one => one.Path).Append(FolderOfAll(listed)).Distinct().Order()];
    }

    private static ByteName FolderOfAll(IEnumerable<ByteName> paths)
    {
        IReadOnlyList<ByteName>? shared = null;
        foreach (ByteName path in paths)
        {
            IReadOnlyList<ByteName> names = LocalPath.Split(path);
            shared = shared is null
                ? [.. names.SkipLast(1)]
                : [.. shared.Zip(names).TakeWhile(pair => pair.First == pair.Second).Select(pair => pair.First)];
        }
        return shared!.Aggregate(ByteName.FromText("/"), (folder, name) => folder.Join(name));
    }
}
