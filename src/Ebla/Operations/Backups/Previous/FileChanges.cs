using Ebla.FileSystems;
using Ebla.Trees;

namespace Ebla.Operations.Backups.Previous;

/// <summary>The decision whether a file has to be read.</summary>
internal static class FileChanges
{
    /// <summary>
    /// A file counts as unmodified if type, size, both times, inode, owner and mode are those of the previous snapshot, and that one
    /// read it without doubt. Every change of content moves the change time, which no ordinary call can set back.
    /// </summary>
    public static FileChange Decide(in FileMetadata now, Node? before)
    {
        if (before is null)
        {
            return FileChange.New;
        }
        bool isSame = before.Type == now.Type
            && before.SizeInBytes == now.SizeInBytes
            && before.ModifiedTime == now.ModifiedTime
            && before.ChangedTime == now.ChangedTime
            && before.Inode == now.Inode
            && before.Mode == now.Mode
            && before.UserId == now.UserId
            && before.GroupId == now.GroupId
            && before.HardLink is not null == now.LinkCount > 1
            && before.Remarks == NodeRemarks.None;
        return isSame ? FileChange.Unmodified : FileChange.Changed;
    }
}
