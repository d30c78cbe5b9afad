namespace Ebla.Tests.PruneModel;

/// <summary>Calls the first writer the second and the second the first, or pruners so, with everything that is theirs.</summary>
internal sealed class Renaming
{
    private readonly Scenario _scenario;
    private readonly bool _writers;
    private readonly bool _pruners;
    private readonly int[] _packs;
    private readonly int[] _sessions;
    private readonly int[] _snapshots;
    private readonly int[] _runs;
    private readonly int[] _packSets;
    private readonly int[] _segmentSets;
    private readonly int[] _sessionSets;
    private readonly int[] _snapshotSets;
    private readonly int[] _recordSets;

    public Renaming(Scenario scenario, bool writers, bool pruners)
    {
        _scenario = scenario;
        _writers = writers;
        _pruners = pruners;
        _packs = [.. Enumerable.Range(0, scenario.PackCount)];
        _sessions = [.. Enumerable.Range(0, scenario.Sessions)];
        _snapshots = [.. Enumerable.Range(0, scenario.SnapshotCount)];
        _runs = [.. Enumerable.Range(0, scenario.Pruners * scenario.Runs)];
        for (int attempt = 0; attempt < scenario.Attempts && writers; attempt++)
        {
            Swap(_packs, scenario.PackOf(0, attempt, 0), scenario.PackOf(1, attempt, 0));
            Swap(_sessions, scenario.SessionOf(0, attempt), scenario.SessionOf(1, attempt));
        }
        if (writers)
        {
            Swap(_snapshots, scenario.SnapshotOf(0, 0), scenario.SnapshotOf(1, 0));
        }
        for (int run = 0; run < scenario.Runs && pruners; run++)
        {
            Swap(_packs, scenario.CopyOf(0, run), scenario.CopyOf(1, run));
            Swap(_runs, scenario.RecordOf(0, run), scenario.RecordOf(1, run));
        }
        _packSets = Sets(_packs);
        _segmentSets = Sets([.. _packs, .. _runs.Take(scenario.MergedCount).Select(run => scenario.PackCount + run)]);
        _sessionSets = Sets(_sessions);
        _snapshotSets = Sets(_snapshots);
        _recordSets = Sets(_runs);
    }

    public World Apply(in World world)
    {
        World renamed = world;
        renamed.Packs = _packSets[world.Packs];
        renamed.Contents = 0;
        for (int pack = 0; pack < _packs.Length; pack++)
        {
            renamed.Contents |= (long)world.ContentOf(pack) << (World.BlobBits * _packs[pack]);
        }
        renamed.Segments = _packSets[world.Segments];
        renamed.Records = _recordSets[world.Records];
        for (int run = 0; run < _runs.Length; run++)
        {
            renamed.Merged[_runs[run]] = _packSets[world.Merged[run]];
            renamed.CondemnedPacks[_runs[run]] = _packSets[world.CondemnedPacks[run]];
            renamed.CondemnedSnapshots[_runs[run]] = _snapshotSets[world.CondemnedSnapshots[run]];
        }
        renamed.Announced = _sessionSets[world.Announced];
        renamed.Fenced = _sessionSets[world.Fenced];
        for (int session = 0; session < _sessions.Length; session++)
        {
            renamed.Intents[_sessions[session]] = Intent(world.Intents[session]);
        }
        renamed.Snapshots = _snapshotSets[world.Snapshots];
        renamed.Forgotten = _snapshotSets[world.Forgotten];
        renamed.Withdrawn = _snapshotSets[world.Withdrawn];
        renamed.ForgottenAgain = _snapshotSets[world.ForgottenAgain];
        renamed.Removed = _snapshotSets[world.Removed];
        renamed.Promised = _snapshotSets[world.Promised];
        renamed.Late = world.Late with { Target = Target(world.Late) };
        for (int writer = 0; writer < _scenario.Writers.Length; writer++)
        {
            renamed.Writers[_writers ? 1 - writer : writer] = Rename(world.Writers[writer]);
        }
        for (int pruner = 0; pruner < _scenario.Pruners; pruner++)
        {
            renamed.Pruners[_pruners ? 1 - pruner : pruner] = Rename(world.Pruners[pruner]);
        }
        if (_scenario.Finishes)
        {
            renamed.Finisher = world.Finisher with
            {
                Of = _sessions[world.Finisher.Of],
                Snapshot = _snapshots[world.Finisher.Snapshot],
                Condemned = _packSets[world.Finisher.Condemned],
                Listed = _packSets[world.Finisher.Listed],
                Indexed = _packSets[world.Finisher.Indexed],
            };
            if (world.Finisher.Step is FinisherStep.Announce or FinisherStep.Over)
            {
                renamed.Finisher = world.Finisher;
            }
        }
        return renamed;
    }

    private static void Swap(int[] names, int a, int b) => (names[a], names[b]) = (names[b], names[a]);

    private static int[] Sets(int[] names)
    {
        int[] sets = new int[1 << names.Length];
        for (int set = 1; set < sets.Length; set++)
        {
            sets[set] = sets[set & (set - 1)] | (1 << names[int.TrailingZeroCount(set)]);
        }
        return sets;
    }

    private int Intent(int intent) => intent == 0 ? 0 : _snapshots[intent - 1] + 1;

    private Writer Rename(in Writer writer) => writer with
    {
        Condemned = _packSets[writer.Condemned],
        Listed = _packSets[writer.Listed],
        Indexed = _packSets[writer.Indexed],
        Relied = _packSets[writer.Relied],
    };

    private Pruner Rename(in Pruner pruner) => pruner with
    {
        Doomed = _packSets[pruner.Doomed],
        DoomedSnapshots = _snapshotSets[pruner.DoomedSnapshots],
        Sessions = pruner.Step >= PrunerStep.MergeSegments && pruner.Step != PrunerStep.Over
            ? _segmentSets[pruner.Sessions]
            : _sessionSets[pruner.Sessions],
        Gone = _sessionSets[pruner.Gone],
        Roots = _snapshotSets[pruner.Roots],
        Begun = pruner.Step switch
        {
            PrunerStep.ListSessions => _sessionSets[pruner.Begun],
            PrunerStep.MergeSegments => _segmentSets[pruner.Begun],
            PrunerStep.MergePacks => _packSets[pruner.Begun],
            _ => _snapshotSets[pruner.Begun],
        },
        Condemned = _packSets[pruner.Condemned],
        Listed = _packSets[pruner.Listed],
        Indexed = _packSets[pruner.Indexed],
    };

    private int Target(Late late) => late.Kind switch
    {
        LateKind.PutPack or LateKind.DeletePack or LateKind.PutSegment => _packs[late.Target],
        LateKind.DeleteSegment => int.TrailingZeroCount(_segmentSets[1 << late.Target]),
        LateKind.PutMerged => (_runs[late.Target >> 16] << 16) | _packSets[late.Target & 0xFFFF],
        LateKind.PutRecord or LateKind.DeleteRecord => _runs[late.Target],
        LateKind.Announce or LateKind.EndSession or LateKind.PutFence or LateKind.DeleteFence => _sessions[late.Target],
        LateKind.PutIntent or LateKind.DeleteIntent => (_sessions[late.Target >> 4] << 4) | Intent(late.Target & 15),
        LateKind.PutSnapshot or LateKind.DeleteSnapshot => _snapshots[late.Target],
        LateKind.PutRemoved => _snapshotSets[late.Target],
        _ => late.Target,
    };
}
