namespace Ebla.Tests.PruneModel;

/// <summary>The states that one step leads to.</summary>
internal sealed class Moves(Scenario scenario)
{
    private World[] _worlds = new World[64];
    private Move[] _moves = new Move[64];

    public int Count { get; private set; }

    public ref readonly World this[int i] => ref _worlds[i];

    public Move Describe(int i) => _moves[i];

    public void Clear() => Count = 0;

    /// <summary>A step that changes nothing in the store.</summary>
    public void Add(in World next, Move move)
    {
        if (Count == _worlds.Length)
        {
            Array.Resize(ref _worlds, 2 * Count);
            Array.Resize(ref _moves, 2 * Count);
        }
        _worlds[Count] = next;
        _moves[Count++] = move;
    }

    /// <summary>A put or a delete. Its answer may be lost: it takes effect once more later, or its sender dies and it takes effect later.</summary>
    /// <param name="before">The state before.</param>
    /// <param name="next">The state after.</param>
    /// <param name="move">For people.</param>
    /// <param name="late">What may take effect late.</param>
    public void AddRequest(in World before, in World next, Move move, Late late)
    {
        Add(next, move);
        if (!scenario.IsLate || before.Late.Kind != LateKind.None)
        {
            return;
        }
        World twice = next;
        twice.Late = late;
        Add(twice, move with { What = move.What + ", and once more later:" });
        World dead = before;
        dead.Late = late;
        dead.Contents = next.Contents; // What was sent stays as it is.
        dead.CondemnedPacks = next.CondemnedPacks;
        dead.CondemnedSnapshots = next.CondemnedSnapshots;
        switch (move.Who)
        {
            case "writer": dead.Writers[move.Index] = new Writer { Step = WriterStep.Over }; break;
            case "pruner": dead.Pruners[move.Index] = new Pruner { Step = PrunerStep.Over }; break;
            case "finisher": dead.Finisher = new Finisher { Step = FinisherStep.Over }; break;
            case "undeleter": dead.Undeleter = new Undeleter { Step = UndeleterStep.Over }; break;
            default: return;
        }
        Add(dead, move with { What = "dies, and later takes effect: " + move.What });
    }

    /// <summary>What a list may show of a set that changed while it was read: what was there throughout; or at the end; or at either end.</summary>
    public static ReadOnlySpan<int> Lists(int begun, int ended, Span<int> seen)
    {
        seen[0] = ended;
        int count = 1;
        if ((begun & ended) != ended)
        {
            seen[count++] = begun & ended;
        }
        if ((begun | ended) != ended)
        {
            seen[count++] = begun | ended;
        }
        return seen[..count];
    }
}
