using Ebla.FileSystems;
using Ebla.Primitives;

namespace Ebla.Bench;

/// <summary>The system calls of a backup and a restore, without anything else: files per second of CPU.</summary>
internal static class FileSystemBenchmarks
{
    private const int SmallFileCount = 20_000;
    private const int DirectoryCount = 20;
    private const int LargeDirectoryCount = 100_000;

    private static readonly byte[] Buffer = new byte[1 << 18];

    public static void Run(Report report)
    {
        ByteName usr = ByteName.FromText("/usr");
        long count = Walk(usr, isRead: false);
        report.MeasureCount($"list and stat /usr ({count} entries)", count, "entries", () => Walk(usr, isRead: false));
        ByteName share = ByteName.FromText("/usr/share");
        count = Walk(share, isRead: true);
        report.MeasureCount($"also open, stat, read, close: /usr/share ({count} files)", count, "files", () => Walk(share, true));
        if (Directory.Exists("/dev/shm"))
        {
            string root = $"/dev/shm/ebla-bench-{Environment.ProcessId}";
            ByteName path = ByteName.FromText(root);
            void Remove() => Directory.Delete(root, recursive: true);
            report.MeasureCount(
                "create, write 1 KiB, set metadata, close", SmallFileCount, "files", () => Create(path, 0), Remove);
            report.MeasureCount(
                "the same, with another owner for each (root only)", SmallFileCount, "files", () => Create(path, 1), Remove);
            using (TargetDirectory target = TargetDirectory.OpenOrCreateRoot(path))
            {
                for (int index = 0; index < LargeDirectoryCount; index++)
                {
                    target.MakeNode(ByteName.FromText($"IMG_{LargeDirectoryCount - index:D8}.jpeg"), FileType.Fifo);
                }
            }
            using (SourceDirectory source = SourceDirectory.OpenRoot(path))
            {
                report.MeasureCount(
                    "list a directory of 100,000, sorted", LargeDirectoryCount, "names", () => source.ReadNames());
            }
            Remove();
        }
    }

    private static long Walk(ByteName path, bool isRead)
    {
        using SourceDirectory root = SourceDirectory.OpenRoot(path);
        return Walk(root, isRead);
    }

    private static long Walk(SourceDirectory directory, bool isRead)
    {
        DirectoryListing names = directory.ReadNames();
        long count = isRead ? 0 : names.Count;
        for (int index = 0; index < names.Count; index++)
        {
            ReadOnlySpan<byte> name = names[index];
            FileType type = directory.Stat(name).Type;
            if (type == FileType.Regular && isRead)
            {
                using SourceFile file = directory.OpenFile(new ByteName(name));
                for (long rest = file.Metadata.SizeInBytes; rest > 0;)
                {
                    int read = file.Read(Buffer);
                    rest = read == 0 ? 0 : rest - read;
                }
                count++;
            }
            if (type == FileType.Directory)
            {
                using SourceDirectory below = directory.OpenDirectory(new ByteName(name));
                count += Walk(below, isRead);
            }
        }
        return count;
    }

    private static void Create(ByteName path, uint ownerOffset)
    {
        using TargetDirectory root = TargetDirectory.OpenOrCreateRoot(path);
        FileMetadata own = root.Stat();
        TargetMetadata metadata = new()
        {
            UserId = own.UserId + ownerOffset,
            GroupId = own.GroupId + ownerOffset,
            Mode = Convert.ToInt32("644", 8),
            ModifiedTime = new UnixTime(1_000_000_000, 1),
        };
        for (int directoryIndex = 0; directoryIndex < DirectoryCount; directoryIndex++)
        {
            using TargetDirectory directory = root.OpenOrCreateDirectory(ByteName.FromText($"{directoryIndex}"));
            for (int index = 0; index < SmallFileCount / DirectoryCount; index++)
            {
                using TargetFile file = directory.CreateFile(ByteName.FromText($"file{index}"), 0);
                file.WriteAt(0, Buffer.AsSpan(0, 1024));
                _ = file.SetMetadata(metadata);
                file.Commit();
            }
            _ = directory.SetMetadata(metadata);
        }
    }
}
