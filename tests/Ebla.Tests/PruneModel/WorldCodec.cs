namespace Ebla.Tests.PruneModel;

/// <summary>Worlds as few bits.</summary>
internal sealed class WorldCodec(Scenario scenario)
{
    private readonly int _packs = scenario.PackCount;
    private readonly int _segments = scenario.PackCount + scenario.MergedCount;
    private readonly int _snapshots = scenario.SnapshotCount;
    private readonly int _sessions = scenario.Sessions;
    private readonly int _records = scenario.RecordCount;
    private readonly int _widest = new[]
    {
        scenario.PackCount + scenario.MergedCount, scenario.SnapshotCount, scenario.Sessions, scenario.RecordCount,
    }.Max();

    /// <summary>How many words a world takes.</summary>
    public int WordCount { get; } = 8;

    public WorldCodec Shrink()
    {
        World world = default;
        Bits bits = new(new ulong[WordCount], reads: true);
        Transfer(ref world, ref bits);
        return new WorldCodec(scenario, (bits.Position + 63) / 64);
    }

    private WorldCodec(Scenario scenario, int wordCount)
        : this(scenario) => WordCount = wordCount;

    public void Write(in World world, Span<ulong> words)
    {
        words.Clear();
        World copy = world;
        Bits bits = new(words, reads: false);
        Transfer(ref copy, ref bits);
    }

    public World Read(ReadOnlySpan<ulong> words)
    {
        Span<ulong> copy = stackalloc ulong[WordCount];
        words.CopyTo(copy);
        World world = default;
        Bits bits = new(copy, reads: true);
        Transfer(ref world, ref bits);
        if (!scenario.IsLate)
        {
            world.Late = default;
        }
        for (int writer = scenario.Writers.Length; writer < 2; writer++)
        {
            world.Writers[writer].Step = WriterStep.Over;
        }
        for (int pruner = scenario.Pruners; pruner < 2; pruner++)
        {
            world.Pruners[pruner].Step = PrunerStep.Over;
        }
        return world;
    }

    private void Transfer(ref World world, ref Bits bits)
    {
        bits.Move(ref world.Packs, _packs);
        bits.Move(ref world.Contents, World.BlobBits * _packs);
        bits.Move(ref world.Segments, _packs);
        for (int slot = 0; slot < scenario.MergedCount; slot++)
        {
            bits.Move(ref world.Merged[slot], _packs);
        }
        bits.Move(ref world.Records, _records);
        for (int record = 0; record < _records; record++)
        {
            bits.Move(ref world.CondemnedPacks[record], _packs);
            bits.Move(ref world.CondemnedSnapshots[record], _snapshots);
        }
        bits.Move(ref world.Announced, _sessions);
        bits.Move(ref world.Fenced, _sessions);
        for (int session = 0; session < _sessions; session++)
        {
            bits.Move(ref world.Known[session], scenario.Beats ? _records : 0);
            bits.Move(ref world.Intents[session], 3);
        }
        bits.Move(ref world.Snapshots, _snapshots);
        bits.Move(ref world.Forgotten, _snapshots);
        bits.Move(ref world.Withdrawn, _snapshots);
        bits.Move(ref world.ForgottenAgain, _snapshots);
        bits.Move(ref world.Removed, _snapshots);
        bits.Move(ref world.Promised, _snapshots);
        if (scenario.IsLate)
        {
            int kind = (int)world.Late.Kind;
            int target = world.Late.Target;
            bits.Move(ref kind, 5);
            bits.Move(ref target, scenario.MergesSegments ? 20 : 8);
            world.Late = new Late((LateKind)kind, target);
        }
        for (int writer = 0; writer < scenario.Writers.Length; writer++)
        {
            Transfer(ref world.Writers[writer], ref bits);
        }
        for (int pruner = 0; pruner < scenario.Pruners; pruner++)
        {
            Transfer(ref world.Pruners[pruner], ref bits);
        }
        int finisher = (int)world.Finisher.Step;
        bits.Move(ref finisher, 4);
        world.Finisher.Step = (FinisherStep)finisher;
        if (scenario.Finishes)
        {
            bits.Move(ref world.Finisher.Of, 3);
            bits.Move(ref world.Finisher.Snapshot, 3);
            bits.Move(ref world.Finisher.Condemned, _packs);
            bits.Move(ref world.Finisher.Listed, _packs);
            bits.Move(ref world.Finisher.Indexed, _packs);
            bits.Move(ref world.Finisher.Missing, World.BlobBits);
        }
        int undeleter = (int)world.Undeleter.Step;
        bits.Move(ref undeleter, 2);
        world.Undeleter.Step = (UndeleterStep)undeleter;
    }

    private void Transfer(ref Writer writer, ref Bits bits)
    {
        int step = (int)writer.Step;
        int renews = writer.Renews ? 1 : 0;
        bits.Move(ref step, 4);
        bits.Move(ref writer.Attempt, 2);
        bits.Move(ref writer.Phase, 2);
        bits.Move(ref writer.Condemned, Math.Max(_packs, _records));
        bits.Move(ref writer.Listed, _packs);
        bits.Move(ref writer.Indexed, _packs);
        bits.Move(ref writer.Relied, _packs);
        bits.Move(ref writer.Missing, World.BlobBits);
        bits.Move(ref renews, 1);
        if (scenario.Beats)
        {
            int beat = (int)writer.Beat;
            bits.Move(ref beat, 2);
            bits.Move(ref writer.BeatRecords, _records);
            bits.Move(ref writer.BeatCondemned, _packs);
            bits.Move(ref writer.BeatListed, _packs);
            bits.Move(ref writer.BeatIndexed, _packs);
            writer.Beat = (BeatStep)beat;
        }
        writer.Step = (WriterStep)step;
        writer.Renews = renews != 0;
    }

    private void Transfer(ref Pruner pruner, ref Bits bits)
    {
        int step = (int)pruner.Step;
        bits.Move(ref step, 5);
        bits.Move(ref pruner.Run, 2);
        bits.Move(ref pruner.Doomed, _packs);
        bits.Move(ref pruner.DoomedSnapshots, _snapshots);
        bits.Move(ref pruner.Sessions, Math.Max(_sessions, _segments));
        bits.Move(ref pruner.Gone, _sessions);
        bits.Move(ref pruner.Roots, _snapshots);
        bits.Move(ref pruner.Begun, _widest);
        bits.Move(ref pruner.Condemned, _packs);
        bits.Move(ref pruner.Listed, _packs);
        bits.Move(ref pruner.Indexed, _packs);
        bits.Move(ref pruner.Wanted, World.BlobBits);
        pruner.Step = (PrunerStep)step;
    }

    /// <summary>A position in a row of bits, for reading or for writing.</summary>
    private ref struct Bits(Span<ulong> words, bool reads)
    {
        private readonly Span<ulong> _words = words;

        public int Position { get; private set; }

        public void Move(ref int value, int width)
        {
            long wide = value;
            Move(ref wide, width);
            value = (int)wide;
        }

        public void Move(ref long value, int width)
        {
            if (width == 0)
            {
                return;
            }
            int word = Position >> 6;
            int shift = Position & 63;
            ulong mask = (1UL << width) - 1;
            if (reads)
            {
                ulong bits = _words[word] >> shift;
                if (shift + width > 64)
                {
                    bits |= _words[word + 1] << (64 - shift);
                }
                value = (long)(bits & mask);
            }
            else
            {
                ulong bits = (ulong)value & mask;
                if ((long)bits != value)
                {
                    throw new InvalidOperationException($"{value} does not fit into {width} bits at {Position}.");
                }
                _words[word] |= bits << shift;
                if (shift + width > 64)
                {
                    _words[word + 1] |= bits >> (64 - shift);
                }
            }
            Position += width;
        }
    }
}
