using System.Security.Cryptography;
using Ebla.Indexing;
using Ebla.Primitives;

namespace Ebla.Repositories;

/// <summary>
/// The folder with the run files of one repository. Everything in it can be deleted at any time; it is made anew from the index
/// segments. Several processes may use it at once: files are only ever added under new names, or removed.
/// </summary>
internal sealed class CatalogCache
{
    private const string Pattern = "*.run";
    private const string SessionSuffix = ".session";

    private static readonly TimeSpan LeftOverAge = TimeSpan.FromDays(1);

    // Runs of this many are merged into one: each look-up asks every run.
    private const int RunsMax = 8;

    private readonly string _folder;
    private readonly bool _isTemporary;

    private CatalogCache(string folder, bool isTemporary)
    {
        _folder = folder;
        _isTemporary = isTemporary;
    }

    /// <summary>Opens or creates the folder; if that cannot be, a temporary one.</summary>
    /// <param name="cacheFolder">The folder for all repositories; null for a temporary one.</param>
    /// <param name="repository">The repository.</param>
    public static CatalogCache Open(string? cacheFolder, RepositoryId repository)
    {
        if (cacheFolder is not null)
        {
            try
            {
                string folder = Path.Combine(cacheFolder, repository.ToString(), "runs");
                _ = Directory.CreateDirectory(folder);
                RemoveLeftOver(folder);
                return new CatalogCache(folder, isTemporary: false);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Without a cache everything works, only slower.
            }
        }
        return new CatalogCache(Directory.CreateTempSubdirectory("ebla-").FullName, isTemporary: true);
    }

    /// <summary>Where it is.</summary>
    public string Folder => _folder;

    /// <summary>A path for a new run file.</summary>
    public string NewPath() => Path.Combine(_folder, RandomNumberGenerator.GetHexString(32, lowercase: true) + ".run");

    /// <summary>A path for a run that only this process uses; deleted with <see cref="DeleteSessionRun"/>.</summary>
    public string NewSessionPath() => Path.Combine(_folder, RandomNumberGenerator.GetHexString(32, lowercase: true) + SessionSuffix);

    /// <summary>Opens the runs that cover only segments which are still listed, and removes the others' files.</summary>
    public List<IndexRun> OpenRuns(IReadOnlySet<ObjectId> listedSegments)
    {
        _ = Directory.CreateDirectory(_folder); // Somebody may have deleted it meanwhile.
        List<IndexRun> runs = [];
        HashSet<ObjectId> covered = [];
        foreach (string path in Directory.EnumerateFiles(_folder, Pattern))
        {
            IndexRun? run = IndexRun.TryOpen(path);
            if (run is not null && IsCurrent(run, listedSegments, covered))
            {
                runs.Add(run);
                continue;
            }
            run?.Dispose();
            Remove(path);
        }
        // They cover different segments. In this order, whatever the order of the folder: which copy of a blob is found first hangs on it.
        runs.Sort((left, right) => left.GetSegment(0).CompareTo(right.GetSegment(0)));
        return runs;
    }

    /// <summary>Merges the runs into one if they have become many.</summary>
    public List<IndexRun> MergeIfMany(List<IndexRun> runs)
    {
        if (runs.Count <= RunsMax)
        {
            return runs;
        }
        IndexRun merged = RunWriter.Merge(NewPath(), runs);
        foreach (IndexRun run in runs)
        {
            run.Dispose();
            Remove(run.Path);
        }
        return [merged];
    }

    /// <summary>Removes a session's run file; the mapping stays valid until the run is disposed.</summary>
    public static void DeleteSessionRun(IndexRun run) => File.Delete(run.Path);

    /// <summary>Removes the folder if it was a temporary one.</summary>
    public void Close()
    {
        if (_isTemporary)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What cannot be removed costs a look at the next load, and nothing else.
        }
    }

    // Files that a killed process was writing. A young one may belong to a process at work.
    private static void RemoveLeftOver(string folder)
    {
        // Also finds out whether files can be made here at all.
        string probe = Path.Combine(folder, RandomNumberGenerator.GetHexString(32, lowercase: true) + SessionSuffix);
        using (File.Create(probe, 1, FileOptions.DeleteOnClose))
        {
            DateTime old = File.GetLastWriteTimeUtc(probe) - LeftOverAge;
            foreach (string path in Directory.EnumerateFiles(folder))
            {
                if ((path.EndsWith(RunWriter.TemporarySuffix, StringComparison.Ordinal)
                    || path.EndsWith(SessionSuffix, StringComparison.Ordinal)) && File.GetLastWriteTimeUtc(path) < old)
                {
                    Remove(path);
                }
            }
        }
    }

    private static bool IsCurrent(IndexRun run, IReadOnlySet<ObjectId> listed, HashSet<ObjectId> covered)
    {
        List<ObjectId> segments = [];
        for (int i = 0; i < run.SegmentCount; i++)
        {
            ObjectId segment = run.GetSegment(i);
            if (!listed.Contains(segment) || covered.Contains(segment))
            {
                return false;
            }
            segments.Add(segment);
        }
        covered.UnionWith(segments);
        return segments.Count > 0;
    }
}
