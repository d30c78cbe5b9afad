namespace Ebla.Hashing;

/// <summary>What a wide kernel works on: one input per lane, of whole blocks, hashed side by side.</summary>
internal unsafe struct Blake3Job
{
    private fixed ulong _rows[Blake3Kernels.LanesMax];

    /// <summary>The eight words that every lane starts from.</summary>
    public uint* Key;

    /// <summary>Receives a chaining value for each lane of the kernel, spare lanes too.</summary>
    public byte* Output;

    /// <summary>The counter of lane 0.</summary>
    public ulong Counter;

    /// <summary>What the counter grows by from lane to lane: 1 for chunks, 0 for parents.</summary>
    public uint CounterStep;

    /// <summary>Blocks of each lane.</summary>
    public int BlockCount;

    /// <summary>Flags of every block.</summary>
    public uint Flags;

    /// <summary>Flags added on the first block.</summary>
    public uint FirstFlags;

    /// <summary>Flags added on the last block.</summary>
    public uint LastFlags;

    /// <summary>A lane whose input ends early, after <see cref="ShortLaneBlockCount"/> blocks; never lane 0.</summary>
    public int ShortLane;

    /// <summary>Blocks after which the short lane's state is kept; -1 if no lane is short.</summary>
    public int ShortLaneBlockCount;

    /// <summary>The short lane's state after its blocks, in the middle of its chunk.</summary>
    public fixed uint ShortLaneState[Blake3Spec.ChainingValueSizeInWords];

    /// <summary>Where a lane's input starts. A spare lane reads another lane's input; its result is void.</summary>
    public byte* this[int lane]
    {
        readonly get => (byte*)_rows[lane];
        set => _rows[lane] = (ulong)value;
    }

    public readonly uint FlagsOf(int block)
        => Flags | (block == 0 ? FirstFlags : 0) | (block == BlockCount - 1 ? LastFlags : 0);

    /// <summary>Keeps the short lane's state out of eight words of <paramref name="lanes"/> lanes each.</summary>
    public void KeepShortLane(uint* words, int lanes)
    {
        for (int i = 0; i < Blake3Spec.ChainingValueSizeInWords; i++)
        {
            ShortLaneState[i] = words[i * lanes + ShortLane];
        }
        this[ShortLane] = this[0];
    }
}
