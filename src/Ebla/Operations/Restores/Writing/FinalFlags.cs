using Ebla.FileSystems;
using Ebla.Primitives;

namespace Ebla.Operations.Restores.Writing;

/// <summary>
/// Entries that are to refuse changes (chattr +i, +a) once all is restored: an immutable directory takes no entries, an immutable file
/// no second name. Safe for concurrent use.
/// </summary>
/// <remarks>Memory: about 100 bytes for each. Such entries are rare; of more than a million, the flags are reported as not set.</remarks>
internal sealed class FinalFlags
{
    private const int EntriesMax = 1_000_000;

    private readonly Lock _lock = new();
    private readonly List<(RestoreDirectory Directory, ByteName Name, FileFlags Flags)> _entries = [];

    /// <summary>Notes an entry, or the directory itself for an empty name.</summary>
    /// <returns>False if there are too many.</returns>
    public bool TryAdd(RestoreDirectory directory, ByteName name, FileFlags flags)
    {
        lock (_lock)
        {
            if (_entries.Count == EntriesMax)
            {
                return false;
            }
            _entries.Add((directory, name, flags));
            return true;
        }
    }

    /// <summary>Sets them. When nothing else is under way, and before the target's directories are closed for good.</summary>
    /// <remarks>In the order in which the entries were finished: what is in a directory comes before the directory.</remarks>
    public void Set(TargetTree target, RestoreReport report)
    {
        foreach ((RestoreDirectory directory, ByteName name, FileFlags flags) in _entries)
        {
            try
            {
                TargetDirectory opened = target.Open(directory);
                try
                {
                    opened.SetFinalFlags(name, flags);
                }
                finally
                {
                    target.Close(directory);
                }
            }
            catch (FileSystemException exception)
            {
                report.Metadata(directory, name, new MetadataOutcome(MetadataProblems.Flags, exception.Errno));
            }
        }
        _entries.Clear();
    }
}
