using Ebla.FileSystems;
using Ebla.Keys;
using Ebla.Operations.Backups.Assembly;
using Ebla.Operations.Backups.Nodes;
using Ebla.Operations.Backups.Storing;
using Ebla.Primitives;
using Ebla.Trees;

namespace Ebla.Operations.Backups.Reading;

/// <summary>Stores an input as a file, and the directories on the way to it, which are nowhere but in the snapshot.</summary>
internal sealed class InputStore(
    ContentStore contents, NodeFactory nodes, TreeAssembly assembly, RingKeys ring, BackupLog log, UnixTime time)
{
    private const int FileMode = 0x180; // 0600: what is in it nobody knows.
    private const int DirectoryMode = 0x1C0; // 0700

    public async Task StoreAsync(BackupInput input, CancellationToken cancellationToken)
    {
        FileContent content = await input.ReadAsync(
            source => contents.StoreAsync(source, cancellationToken).AsTask(), cancellationToken).ConfigureAwait(false);
        await contents.FlushAsync().ConfigureAwait(false);
        if (content.SizeInBytes == 0)
        {
            log.Notice(input.Path, "nothing came: the file is empty");
        }
        log.Counters.CountFile(FileChange.New);
        IReadOnlyList<ByteName> names = LocalPath.Split(input.Path);
        List<PendingDirectory> way = [assembly.Enter(null, null)];
        foreach (ByteName name in names.SkipLast(1))
        {
            way.Add(assembly.Enter(way[^1], nodes.Create(name, Metadata(FileType.Directory, DirectoryMode))));
        }
        Node node = nodes.Create(names[^1], Metadata(FileType.Regular, FileMode)) with
        {
            SizeInBytes = content.SizeInBytes,
            Content = content.Pieces,
            ContentList = content.List,
        };
        _ = assembly.TryReserve();
        assembly.Add(way[^1], EncodedNode.Of(node, ring));
        for (int i = way.Count - 1; i >= 0; i--)
        {
            _ = assembly.TryReserve();
            assembly.Leave(way[i], NodeRemarks.None);
        }
    }

    private FileMetadata Metadata(FileType type, int mode) => new()
    {
        Type = type,
        Mode = mode,
        UserId = LocalMachine.UserId(),
        GroupId = LocalMachine.GroupId(),
        SizeInBytes = 0,
        AllocatedSizeInBytes = 0,
        ModifiedTime = time,
        ChangedTime = time,
        AccessedTime = time,
        Inode = 0,
        Device = 0,
        LinkCount = 1,
        DeviceNumber = default,
        HasNoDumpFlag = false,
    };
}
