using Ebla.FileSystems;
using Ebla.Operations.Restores.Planning;
using Ebla.Operations.Restores.Writing;
using Ebla.Primitives;
using Ebla.Trees;

namespace Ebla.Operations.Restores.Walking;

/// <summary>Restores entries that are no directories: plans files, makes all else. For the walk alone.</summary>
internal sealed class EntryRestorer(RestoreRun run, FilePlanner planner)
{
    /// <summary>Restores an entry.</summary>
    /// <param name="directory">Where it is.</param>
    /// <param name="node">The entry.</param>
    /// <param name="tryRemoveDirectory">Removes the directory that has its name, if it may.</param>
    public async ValueTask RestoreAsync(RestoreDirectory directory, Node node, Func<bool> tryRemoveDirectory)
    {
        if (TryFind(directory, node, tryRemoveDirectory, out FileMetadata? existing))
        {
            LinkedFile? linked = run.Links.Find(node);
            if (linked is not null)
            {
                LinkedName name = new(directory, node);
                switch (linked.Join(name))
                {
                    case LinkedFileTurn.Wait:
                        run.Tell(directory, node.Name, existing is null ? RestoreAction.Make : RestoreAction.Replace);
                        return;
                    case LinkedFileTurn.Link:
                        run.Tell(directory, node.Name, existing is null ? RestoreAction.Make : RestoreAction.Replace);
                        run.Links.Link(linked, name);
                        return;
                    default:
                        break;
                }
            }
            await RestoreAsync(directory, node, linked, existing).ConfigureAwait(false);
        }
    }

    /// <summary>Nothing more comes: waits until all is done.</summary>
    public async Task EndAsync(RestoreDirectory root)
    {
        // Names of files that could not be restored under their first name: each round settles at least one of each file.
        do
        {
            await planner.DrainAsync().ConfigureAwait(false);
        }
        while (await RetryLinksAsync().ConfigureAwait(false));
        run.Links.End();
        run.Target.Release(root);
    }

    private ValueTask RestoreAsync(RestoreDirectory directory, Node node, LinkedFile? linked, FileMetadata? existing)
    {
        if (node.Type == FileType.Regular)
        {
            return planner.PlanAsync(directory, node, linked, existing);
        }
        MakeSpecial(directory, node, linked, existing);
        return ValueTask.CompletedTask;
    }

    // False: the entry is settled.
    private bool TryFind(RestoreDirectory directory, Node node, Func<bool> tryRemoveDirectory, out FileMetadata? existing)
    {
        existing = null;
        try
        {
            existing = run.Target.Find(directory, node.Name);
        }
        catch (FileSystemException exception)
        {
            TargetFailure.ThrowIfFinal(exception);
            run.Report.Problem(directory.PathOf(node.Name), exception.Message);
            return false;
        }
        if (existing is null)
        {
            return true;
        }
        if (run.Options.Overwrite == OverwriteRule.Never)
        {
            run.Leave(directory, node.Name);
            return false;
        }
        if (existing.Value.Type != FileType.Directory || tryRemoveDirectory())
        {
            return true;
        }
        run.Report.Problem(directory.PathOf(node.Name), run.Options.Delete
            ? "not restored: a directory has its name, and not all in it may be removed"
            : "not restored: a directory has its name; remove that, or restore with --delete");
        return false;
    }

    private void MakeSpecial(RestoreDirectory directory, Node node, LinkedFile? linked, FileMetadata? existing)
    {
        try
        {
            if (run.Options.DryRun)
            {
                run.Tell(directory, node.Name, existing is null ? RestoreAction.Make : RestoreAction.Replace);
            }
            else
            {
                Make(directory, node, existing);
            }
            run.Counters.CountOther();
            if (linked is not null)
            {
                run.Links.Restored(linked, directory, node.Name);
            }
        }
        catch (FileSystemException exception)
        {
            TargetFailure.ThrowIfFinal(exception);
            if (exception.IsNotPermitted)
            {
                run.Report.Repeated(directory, node.Name, $"{node.Type}", exception.Message);
            }
            else
            {
                run.Report.Problem(directory.PathOf(node.Name), exception.Message);
            }
            if (linked is not null)
            {
                run.Links.Failed(linked);
            }
        }
    }

    private void Make(RestoreDirectory directory, Node node, FileMetadata? existing)
    {
        TargetDirectory opened = run.Target.Open(directory);
        try
        {
            bool isSymbolicLink = node.Type == FileType.SymbolicLink;
            if (existing is { } there && IsSame(opened, node, there))
            {
                // Only its metadata may be wrong.
            }
            else if (isSymbolicLink)
            {
                opened.CreateSymbolicLink(node.Name, node.LinkTarget);
            }
            else
            {
                opened.MakeNode(node.Name, node.Type, node.DeviceNumber ?? default);
            }
            MetadataOutcome outcome = opened.SetMetadata(node.Name, isSymbolicLink, run.Metadata.Of(directory, node));
            run.Report.Metadata(directory, node.Name, outcome);
        }
        finally
        {
            run.Target.Close(directory);
        }
    }

    private static bool IsSame(TargetDirectory opened, Node node, in FileMetadata existing)
        => existing.Type == node.Type && existing.LinkCount == 1
            && (node.Type != FileType.SymbolicLink || opened.TryReadLink(node.Name) == node.LinkTarget)
            && existing.DeviceNumber == (node.DeviceNumber ?? default);

    private async Task<bool> RetryLinksAsync()
    {
        bool any = false;
        while (run.Links.TryTakeRetry(out LinkedName? name))
        {
            any = true;
            if (!name!.IsAlone)
            {
                await RestoreAsync(name.Directory, name.Node, RemoveNothing).ConfigureAwait(false);
            }
            else if (TryFind(name.Directory, name.Node, RemoveNothing, out FileMetadata? existing))
            {
                await RestoreAsync(name.Directory, name.Node, null, existing).ConfigureAwait(false);
            }
            run.Target.Release(name.Directory);
        }
        return any;

        static bool RemoveNothing() => false;
    }
}
