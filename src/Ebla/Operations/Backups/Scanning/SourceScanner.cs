using Ebla.FileSystems;
using Ebla.Operations.Backups.Assembly;
using Ebla.Operations.Backups.Nodes;
using Ebla.Operations.Backups.Previous;
using Ebla.Operations.Backups.Reading;
using Ebla.Operations.Backups.Selection;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Trees;

namespace Ebla.Operations.Backups.Scanning;

/// <summary>Visits the paths of a backup: the directories on the way to them here, all below them by a <see cref="SourceWalk"/>.</summary>
internal sealed class SourceScanner(
    SourceWalk walk, NodeFactory nodes, PreviousTrees previous, FileQueue files, TreeAssembly assembly, BackupLog log,
    CancellationToken cancellationToken)
{
    /// <summary>Scans everything selected; the tree comes from the assembly.</summary>
    public async Task ScanAsync(RootPathTree root)
    {
        PendingDirectory top = assembly.Enter(null, null);
        if (root.IsSelected)
        {
            await walk.RunAtRootAsync(top, root.Path).ConfigureAwait(false);
        }
        else
        {
            await ScanWaysAsync(root, top).ConfigureAwait(false);
        }
        await files.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    // A directory on the way to a selected one holds just the way.
    private async Task ScanWaysAsync(RootPathTree root, PendingDirectory top)
    {
        Stack<Way> ways = [];
        try
        {
            ways.Push(new Way(root, top, previous.OpenRoots()));
            while (ways.TryPeek(out Way? way))
            {
                if (way.Children.TryDequeue(out KeyValuePair<ByteName, RootPathTree> child))
                {
                    IReadOnlyList<TreeEntry> before = await way.Previous.FindAsync(child.Key).ConfigureAwait(false);
                    if (await TryVisitAsync(way, child.Key, child.Value, before).ConfigureAwait(false) is { } below)
                    {
                        ways.Push(below);
                    }
                    continue;
                }
                _ = ways.Pop();
                await way.Previous.DisposeAsync().ConfigureAwait(false);
                if (!assembly.TryReserve())
                {
                    await files.FlushAsync(cancellationToken).ConfigureAwait(false);
                    await assembly.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
                }
                assembly.Leave(way.Pending, NodeRemarks.None);
            }
        }
        finally
        {
            foreach (Way way in ways)
            {
                await way.Previous.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<Way?> TryVisitAsync(Way way, ByteName name, RootPathTree child, IReadOnlyList<TreeEntry> before)
    {
        try
        {
            if (child.IsSelected)
            {
                await walk.RunAsync(way.Pending, name, child, way.Tree.Path, before).ConfigureAwait(false);
                return null;
            }
            using SourceDirectory directory = SourceDirectory.OpenWay(child.Path);
            Node node = await nodes.CreateAsync(name, directory.Stat(), directory, before, cancellationToken).ConfigureAwait(false);
            return new Way(child, assembly.Enter(way.Pending, node), previous.Open(before));
        }
        catch (FileSystemException exception)
        {
            log.Problem(child.Path, exception.Message);
            return null;
        }
    }

    private sealed record Way(RootPathTree Tree, PendingDirectory Pending, PreviousDirectories Previous)
    {
        public Queue<KeyValuePair<ByteName, RootPathTree>> Children { get; } = new(Tree.Children);
    }
}
