using System.Globalization;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Prunes;

/// <summary>
/// When prunes on this machine first saw that a snapshot is forgotten, by this machine's clock: the grace is counted from then. Kept in the
/// cache folder; without it the grace begins anew.
/// </summary>
internal sealed class Sightings
{
    private const string FileName = "forgotten";

    private readonly Dictionary<ObjectId, long> _seconds = [];
    private readonly string _path;
    private readonly PruneOptions _options;
    private readonly long _now;

    public Sightings(Repository repository, PruneOptions options)
    {
        _options = options;
        _now = repository.Time.GetUtcNow().ToUnixTimeSeconds();
        _path = Path.Combine(repository.CacheFolder, FileName);
        if (options.Grace > TimeSpan.Zero && File.Exists(_path))
        {
            foreach (string[] fields in File.ReadLines(_path).Select(line => line.Split(' ')))
            {
                if (fields.Length == 2 && Hash256.TryParse(fields[0], out Hash256 hash)
                    && long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out long seconds))
                {
                    _seconds[new ObjectId(hash)] = seconds;
                }
            }
        }
    }

    /// <summary>Whether the snapshot may go.</summary>
    public bool IsOver(ObjectId snapshot)
        => _options.Grace == TimeSpan.Zero
            || (_seconds.TryGetValue(snapshot, out long seconds) && _now - seconds >= _options.Grace.TotalSeconds);

    /// <summary>Keeps what was seen.</summary>
    public void Save(IEnumerable<ObjectId> forgotten)
    {
        if (_options.DryRun || _options.Grace == TimeSpan.Zero)
        {
            return;
        }
        string temporary = _path + ".new";
        File.WriteAllLines(temporary, forgotten.Select(id => string.Create(
            CultureInfo.InvariantCulture, $"{id} {_seconds.GetValueOrDefault(id, _now)}")));
        File.Move(temporary, _path, overwrite: true);
    }
}
