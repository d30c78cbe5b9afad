namespace Ebla.Tests.PruneModel;

/// <summary>Who is there, and what the store holds at first. Everything else is left to chance, that is: tried in every way.</summary>
internal sealed record Scenario(string Name)
{
    /// <summary>What each pack holds at first.</summary>
    public int[] Packs { get; init; } = [3];

    /// <summary>What the first snapshot needs; 0 if there is none.</summary>
    public int FirstSnapshot { get; init; } = 1;

    /// <summary>For each writer what its snapshots need, one after the other; all but the last are checkpoints.</summary>
    public int[][] Writers { get; init; } = [];

    /// <summary>How many sessions a writer may open.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>Whether a writer opens a new session after a checkpoint.</summary>
    public bool Renews { get; init; } = true;

    /// <summary>Whether heartbeats say which condemned records their session knows.</summary>
    public bool Beats { get; init; }

    public int Pruners { get; init; } = 1;

    /// <summary>How often each pruner runs.</summary>
    public int Runs { get; init; } = 1;

    /// <summary>How often the second pruner runs, if less.</summary>
    public int RunsOfSecondMax { get; init; } = int.MaxValue;

    /// <summary>Most packs in one condemned record.</summary>
    public int CondemnMax { get; init; } = 8;

    public bool Finishes { get; init; }

    /// <summary>The snapshot that may be undeleted; none if negative.</summary>
    public int Undeletable { get; init; } = -1;

    /// <summary>Snapshots that may be forgotten.</summary>
    public int Forgettable { get; init; } = 1;

    public bool MergesSegments { get; init; }

    /// <summary>Whether one request may take effect late or twice.</summary>
    public bool IsLate { get; init; }

    /// <summary>
    /// Whether it begins in the middle: the first writer was fenced, and sleeps before it puts its snapshot; each pruner has condemned one of the
    /// packs, has seen the writer's intent, and comes to its look.
    /// </summary>
    public bool IsUnderWay { get; init; }

    /// <summary>The rules that are taken away.</summary>
    public Rule[] Without { get; init; } = [];

    /// <summary>Whether writers remember what they rely on.</summary>
    public bool Remembers => Beats || Phases > 1;

    public int Phases => Writers.Length == 0 ? 1 : Writers.Max(needs => needs.Length);

    public int WriterSessions => Writers.Length * Attempts;

    public int Sessions => WriterSessions + (Finishes ? 1 : 0);

    public int FinisherSession => WriterSessions;

    public int PackCount => CopyOf(Pruners, 0);

    public int SnapshotCount => 1 + (Writers.Length * Phases);

    public int RecordCount => Pruners * Runs * (Has(Rule.NeverMergeRecords) ? 1 : 2);

    public int MergedCount => MergesSegments ? Pruners * Runs : 0;

    public bool Has(Rule rule) => !Without.Contains(rule);

    public int SessionOf(int writer, int attempt) => (writer * Attempts) + attempt;

    public int SnapshotOf(int writer, int phase) => 1 + (writer * Phases) + phase;

    /// <summary>The pack that a writer stores in.</summary>
    public int PackOf(int writer, int attempt, int phase) => Packs.Length + (SessionOf(writer, attempt) * Phases) + phase;

    /// <summary>The pack that a pruner copies to.</summary>
    public int CopyOf(int pruner, int run) => Packs.Length + (WriterSessions * Phases) + (pruner * Runs) + run;

    public int RecordOf(int pruner, int run) => (pruner * Runs) + run;

    public int MergedRecordOf(int pruner, int run) => (Pruners * Runs) + RecordOf(pruner, run);

    public int RunsOf(int pruner) => pruner == 0 ? Runs : Math.Min(Runs, RunsOfSecondMax);

    /// <summary>The blobs that a snapshot needs.</summary>
    public int NeedsOf(int snapshot)
    {
        if (snapshot == 0)
        {
            return FirstSnapshot;
        }
        int[] needs = Writers[(snapshot - 1) / Phases];
        int phase = (snapshot - 1) % Phases;
        return phase < needs.Length ? needs[phase] : 0;
    }

    /// <summary>The blobs that these snapshots need.</summary>
    public int NeedsOfAll(int snapshots)
    {
        int needs = 0;
        for (; snapshots != 0; snapshots &= snapshots - 1)
        {
            needs |= NeedsOf(int.TrailingZeroCount(snapshots));
        }
        return needs;
    }

    public World CreateWorld()
    {
        World world = default;
        for (int pack = 0; pack < Packs.Length; pack++)
        {
            world.PutPack(pack, Packs[pack]);
            world.Segments |= 1 << pack;
        }
        world.Snapshots = FirstSnapshot == 0 ? 0 : 1;
        world.Promised = world.Snapshots;
        for (int writer = Writers.Length; writer < 2; writer++)
        {
            world.Writers[writer].Step = WriterStep.Over;
        }
        for (int pruner = Pruners; pruner < 2; pruner++)
        {
            world.Pruners[pruner].Step = PrunerStep.Over;
        }
        if (IsUnderWay)
        {
            world.Announced = world.Fenced = 1;
            world.Intents[0] = SnapshotOf(0, 0) + 1;
            world.Writers[0].Step = WriterStep.PutSnapshot;
            for (int pruner = 0; pruner < Pruners; pruner++)
            {
                int record = RecordOf(pruner, 0);
                world.Records |= 1 << record;
                world.CondemnedPacks[record] = 1 << pruner;
                world.Pruners[pruner] = new Pruner { Step = PrunerStep.LookCondemned, Doomed = 1 << pruner, Roots = 1 << SnapshotOf(0, 0) };
            }
        }
        world.Finisher.Step = Finishes ? FinisherStep.Announce : FinisherStep.Over;
        world.Undeleter.Step = Undeletable >= 0 ? UndeleterStep.PutNote : UndeleterStep.Over;
        return world;
    }
}
