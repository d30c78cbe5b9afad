using System.Collections.Concurrent;
using Ebla.FileSystems;
using Ebla.Primitives;
using Ebla.Trees;

namespace Ebla.Operations.Restores.Writing;

/// <summary>The files with several names. Memory: a few hundred bytes for each of these.</summary>
internal sealed class LinkedFiles(TargetTree target, RestoreReport report, RestoreCounters counters, bool isDryRun)
{
    private readonly Dictionary<HardLinkId, LinkedFile> _files = [];
    private readonly ConcurrentQueue<LinkedName> _retries = [];

    /// <summary>The file that a node is a name of; null if it stands alone. For the planner only.</summary>
    public LinkedFile? Find(Node node)
    {
        if (node.HardLink is not { } id)
        {
            return null;
        }
        if (!_files.TryGetValue(id, out LinkedFile? file))
        {
            _files.Add(id, file = new LinkedFile(node.Type, node.SizeInBytes));
        }
        return file.Fits(node) ? file : null;
    }

    /// <summary>A name to be tried again; its directory is retained.</summary>
    public bool TryTakeRetry(out LinkedName? name) => _retries.TryDequeue(out name);

    public void Restored(LinkedFile file, RestoreDirectory directory, ByteName name)
    {
        foreach (LinkedName waiting in file.Restored(directory, name))
        {
            Link(file, waiting);
            target.Release(waiting.Directory);
        }
    }

    public void Failed(LinkedFile file)
    {
        foreach (LinkedName waiting in file.Failed())
        {
            _retries.Enqueue(waiting);
        }
    }

    /// <summary>Gives a restored file one more name.</summary>
    public void Link(LinkedFile file, LinkedName name)
    {
        TargetDirectory? from = null;
        TargetDirectory? to = null;
        try
        {
            if (!isDryRun)
            {
                from = target.Open(file.Directory);
                to = target.Open(name.Directory);
                to.CreateHardLink(from, file.Name, name.Node.Name);
            }
            if (name.Node.Type == FileType.Regular)
            {
                counters.CountFile();
                counters.CountRestored(name.Node.SizeInBytes);
            }
            else
            {
                counters.CountOther();
            }
        }
        catch (FileSystemException exception)
        {
            TargetFailure.ThrowIfFinal(exception);
            report.Notice(name.Directory.PathOf(name.Node.Name), $"restored as a file of its own: {exception.Message}");
            name.Directory.Retain();
            _retries.Enqueue(name with { IsAlone = true });
        }
        finally
        {
            if (to is not null)
            {
                target.Close(name.Directory);
            }
            if (from is not null)
            {
                target.Close(file.Directory);
            }
        }
    }

    /// <summary>No more names come.</summary>
    public void End()
    {
        foreach (LinkedFile file in _files.Values)
        {
            if (file.End() is { } directory)
            {
                target.Release(directory);
            }
        }
        _files.Clear();
    }
}
