using System.Text;

namespace Ebla.Simulation.Scheduling;

/// <summary>Chance from a seed: SplitMix64 (Steele, Lea, Flood 2014). The same in every process, on every machine.</summary>
internal sealed class Chance(ulong seed)
{
    private ulong _state = seed;

    public ulong NextWord()
    {
        ulong word = _state = unchecked(_state + 0x9E3779B97F4A7C15);
        word = unchecked((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9);
        word = unchecked((word ^ (word >> 27)) * 0x94D049BB133111EB);
        return word ^ (word >> 31);
    }

    /// <summary>A generator of its own, so that what one part of the run draws does not shift what others draw.</summary>
    public Chance Fork(string name)
    {
        ulong hash = 14695981039346656037; // FNV-1a
        foreach (byte letter in Encoding.UTF8.GetBytes(name))
        {
            hash = unchecked((hash ^ letter) * 1099511628211);
        }
        return new Chance(NextWord() ^ hash);
    }

    public int Below(int end) => (int)(NextWord() % (ulong)end);

    public int Between(int first, int last) => first + Below(last - first + 1);

    public double Fraction() => (NextWord() >> 11) / (double)(1UL << 53);

    public bool Happens(double probability) => Fraction() < probability;

    /// <summary>A time between two, where each order of magnitude is as likely as the next.</summary>
    public TimeSpan Time(TimeSpan first, TimeSpan last)
        => TimeSpan.FromTicks((long)(first.Ticks * Math.Pow((double)last.Ticks / first.Ticks, Fraction())));

    public T Pick<T>(IReadOnlyList<T> list) => list[Below(list.Count)];

    public void Shuffle<T>(IList<T> list)
    {
        for (int i = list.Count - 1; i > 0; i--)
        {
            int other = Below(i + 1);
            (list[i], list[other]) = (list[other], list[i]);
        }
    }

    public byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            bytes[i] = unchecked((byte)NextWord());
        }
        return bytes;
    }
}
