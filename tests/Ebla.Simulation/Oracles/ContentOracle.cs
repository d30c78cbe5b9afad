namespace Ebla.Simulation.Oracles;

/// <summary>Remembers what each backup read, under a tag that its snapshots bear, and compares what is restored.</summary>
internal sealed class ContentOracle
{
    private readonly Dictionary<string, Dictionary<string, byte[]>> _expected = [];

    public string Expect(Dictionary<string, byte[]> content)
    {
        string tag = $"backup-{_expected.Count}";
        _expected.Add(tag, content);
        return tag;
    }

    /// <summary>Compares a restored folder with what was backed up. Of a partial snapshot all that is there must be right.</summary>
    public void Compare(SeenSnapshot snapshot, string folder, string who)
    {
        string tag = snapshot.Snapshot.Tags.Single();
        Dictionary<string, byte[]> expected = _expected[tag];
        Dictionary<string, byte[]> found = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .ToDictionary(file => Path.GetRelativePath(folder, file), File.ReadAllBytes)
            : [];
        foreach ((string path, byte[] content) in found)
        {
            if (!expected.TryGetValue(path, out byte[]? right) || !content.AsSpan().SequenceEqual(right))
            {
                throw Wrong($"{path} is not what {tag} read");
            }
        }
        if (!snapshot.Snapshot.IsPartial && expected.Keys.FirstOrDefault(path => !found.ContainsKey(path)) is { } missing)
        {
            throw Wrong($"{missing} of {tag} is missing");
        }

        OracleException Wrong(string what) => new($"{who}: snapshot {snapshot.Id.ToString()[..8]} restores wrong: {what}");
    }
}
