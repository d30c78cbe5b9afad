namespace Ebla.Tests.PruneModel;

/// <summary>
/// Of states that differ only in which of two equal writers, or of two pruners, is which, one: the one that comes first when written.
/// </summary>
internal sealed class Symmetry
{
    private readonly WorldCodec _codec;
    private readonly List<Renaming> _renamings = [];

    /// <summary>The symmetry of a scenario, or none.</summary>
    /// <param name="scenario">The scenario. Without a rule, with checkpoints or heartbeats, names may matter: then there is none.</param>
    /// <param name="codec">Writes states.</param>
    /// <param name="isUsed">False for none.</param>
    public Symmetry(Scenario scenario, WorldCodec codec, bool isUsed)
    {
        _codec = codec;
        if (!isUsed || scenario.Without.Length > 0 || scenario.Remembers || scenario.IsUnderWay)
        {
            return;
        }
        bool writers = scenario.Writers.Length == 2 && scenario.Writers[0][0] == scenario.Writers[1][0]
            && scenario.Undeletable <= 0 && scenario.Forgettable >> 1 is 0 or 3;
        bool pruners = scenario.Pruners == 2 && scenario.RunsOf(0) == scenario.RunsOf(1);
        if (writers)
        {
            _renamings.Add(new Renaming(scenario, writers: true, pruners: false));
        }
        if (pruners)
        {
            _renamings.Add(new Renaming(scenario, writers: false, pruners: true));
        }
        if (writers && pruners)
        {
            _renamings.Add(new Renaming(scenario, writers: true, pruners: true));
        }
    }

    /// <summary>Writes the state that stands for this one and those that equal it but for names.</summary>
    public void Write(in World world, Span<ulong> words)
    {
        _codec.Write(world, words);
        Span<ulong> other = stackalloc ulong[words.Length];
        foreach (Renaming renaming in _renamings)
        {
            _codec.Write(renaming.Apply(world), other);
            if (other.SequenceCompareTo(words) < 0)
            {
                other.CopyTo(words);
            }
        }
    }

    /// <summary>How many states one stands for.</summary>
    public int CountOf(in World world)
    {
        HashSet<string> names = [];
        ulong[] words = new ulong[_codec.WordCount];
        _codec.Write(world, words);
        _ = names.Add(string.Join(' ', words));
        foreach (Renaming renaming in _renamings)
        {
            _codec.Write(renaming.Apply(world), words);
            _ = names.Add(string.Join(' ', words));
        }
        return names.Count;
    }
}
