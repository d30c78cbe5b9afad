using System.Runtime.InteropServices;

namespace Ebla.Tests.PruneModel;

/// <summary>Tries everything that can happen in a scenario, nearest first, until something is violated or nothing is new.</summary>
internal sealed class Explorer
{
    private readonly Scenario _scenario;
    private readonly WorldCodec _codec;
    private readonly StateSet _states;
    private readonly StateSet _stores;
    private readonly Moves _moves;
    private readonly WriterMoves _writers;
    private readonly BeatMoves _beats;
    private readonly PrunerMoves _pruners;
    private readonly FinisherMoves _finisher;
    private readonly OtherMoves _others;
    private readonly Recovery _recovery;
    private readonly Symmetry _symmetry;

    /// <summary>Explores a scenario; without symmetry every state counts for itself.</summary>
    public Explorer(Scenario scenario, bool usesSymmetry = true)
    {
        _scenario = scenario;
        _codec = new WorldCodec(scenario).Shrink();
        _states = new StateSet(_codec.WordCount);
        _stores = new StateSet(_codec.WordCount);
        _moves = new Moves(scenario);
        _writers = new WriterMoves(scenario, _moves);
        _beats = new BeatMoves(scenario, _moves);
        _pruners = new PrunerMoves(scenario, _moves);
        _finisher = new FinisherMoves(scenario, _moves);
        _others = new OtherMoves(scenario, _moves);
        _recovery = new Recovery(scenario);
        _symmetry = new Symmetry(scenario, _codec, usesSymmetry);
    }

    /// <summary>How many states there are.</summary>
    public int StateCount => _states.Count;

    /// <summary>How many there would be if equal writers, and pruners, were told apart.</summary>
    public long CountStatesWithNames()
    {
        long count = 0;
        for (int state = 0; state < _states.Count; state++)
        {
            count += _symmetry.CountOf(_codec.Read(_states[state]));
        }
        return count;
    }

    /// <summary>How many steps were tried.</summary>
    public long MoveCount { get; private set; }

    /// <summary>Explores.</summary>
    /// <param name="statesMax">Gives up after so many states.</param>
    /// <returns>What is violated, and how it comes about in the fewest steps; null if nothing is.</returns>
    public Violation? Run(int statesMax)
    {
        Span<ulong> words = stackalloc ulong[_codec.WordCount];
        _ = Add(_scenario.CreateWorld(), -1, words);
        for (int state = 0; state < _states.Count; state++)
        {
            World world = _codec.Read(_states[state]);
            if (ViolationOf(world, words) is { } violated)
            {
                return new Violation(violated, Trace(state), _states.Count);
            }
            if (!TryExpand(world))
            {
                return new Violation("a process is stuck", Trace(state), _states.Count);
            }
            for (int i = 0; i < _moves.Count; i++)
            {
                _ = Add(_moves[i], state, words);
            }
            MoveCount += _moves.Count;
            if (_states.Count > statesMax)
            {
                throw new InvalidOperationException($"{_scenario.Name}: more than {statesMax} states.");
            }
        }
        return null;
    }

    /// <summary>Whether the first states, unpacked, packed, and unpacked again, are themselves.</summary>
    public bool ReadsBackAll(int statesMax)
    {
        ulong[] words = new ulong[_codec.WordCount];
        _ = Add(_scenario.CreateWorld(), -1, words);
        for (int state = 0; state < _states.Count && state < statesMax; state++)
        {
            World world = _codec.Read(_states[state]);
            _codec.Write(world, words);
            if (!_states[state].SequenceEqual(words) || !TryExpand(world))
            {
                return false;
            }
            for (int i = 0; i < _moves.Count; i++)
            {
                _codec.Write(_moves[i], words);
                World read = _codec.Read(words);
                World meant = _moves[i];
                if (!MemoryMarshal.AsBytes(new Span<World>(ref read)).SequenceEqual(MemoryMarshal.AsBytes(new Span<World>(ref meant))))
                {
                    return false;
                }
                _ = Add(_moves[i], state, words);
            }
        }
        return true;
    }

    private bool Add(in World world, int parent, Span<ulong> words)
    {
        _symmetry.Write(world, words);
        return _states.TryAdd(words, parent);
    }

    private bool TryExpand(in World world)
    {
        _moves.Clear();
        for (int writer = 0; writer < _scenario.Writers.Length; writer++)
        {
            int before = _moves.Count;
            _writers.AddAll(world, writer);
            if (_moves.Count == before && world.Writers[writer].Step != WriterStep.Over)
            {
                return false;
            }
            _beats.AddAll(world, writer);
        }
        for (int pruner = 0; pruner < _scenario.Pruners; pruner++)
        {
            int before = _moves.Count;
            _pruners.AddAll(world, pruner);
            if (_moves.Count == before && world.Pruners[pruner].Step is not (PrunerStep.Over or PrunerStep.Condemn))
            {
                return false;
            }
        }
        _finisher.AddAll(world);
        _others.AddAll(world);
        return true;
    }

    private string? ViolationOf(in World world, Span<ulong> words)
    {
        int stored = world.BlobsIn(world.Packs);
        if ((scenarioNeeds(world.Counting) & ~stored) != 0)
        {
            return "a snapshot that counts has lost blobs";
        }
        if ((scenarioNeeds(world.Recoverable) & ~stored) != 0)
        {
            return "a forgotten snapshot that can be had back has lost blobs";
        }
        if ((scenarioNeeds(world.Counting) & ~world.BlobsIn(world.Packs & world.Indexed)) != 0)
        {
            return "a snapshot that counts has blobs that no segment finds";
        }
        if ((world.Promised & ~world.Counting) != 0)
        {
            return "a snapshot that somebody was told to have is not there";
        }
        World store = world;
        store.Writers[0] = store.Writers[1] = new Writer { Step = WriterStep.Over };
        store.Pruners[0] = store.Pruners[1] = new Pruner { Step = PrunerStep.Over };
        store.Finisher = new Finisher { Step = FinisherStep.Over };
        store.Undeleter = new Undeleter { Step = UndeleterStep.Over };
        store.Known = default;
        store.Late = default;
        _codec.Write(store, words);
        return _stores.TryAdd(words, -1) ? _recovery.Check(store) : null;

        int scenarioNeeds(int snapshots) => _scenario.NeedsOfAll(snapshots);
    }

    // The steps from the beginning, made again to have their names.
    private List<string> Trace(int state)
    {
        List<int> path = [];
        for (; state >= 0; state = _states.ParentOf(state))
        {
            path.Add(state);
        }
        path.Reverse();
        List<string> trace = [];
        ulong[] words = new ulong[_codec.WordCount];
        for (int i = 0; i + 1 < path.Count; i++)
        {
            _ = TryExpand(_codec.Read(_states[path[i]]));
            int move = 0;
            while (true)
            {
                _symmetry.Write(_moves[move], words);
                if (_states[path[i + 1]].SequenceEqual(words))
                {
                    break;
                }
                move++;
            }
            trace.Add(_moves.Describe(move).ToString());
        }
        return trace;
    }
}
