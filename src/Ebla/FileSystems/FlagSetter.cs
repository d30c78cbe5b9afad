using System.Numerics;
using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>Sets flags of chattr(1), and leaves those that are not a user's as they are.</summary>
internal static class FlagSetter
{
    /// <summary>Makes the flags of <paramref name="mask"/> what <paramref name="wanted"/> says.</summary>
    /// <returns>0, or the first error, negative: then all are set that could be.</returns>
    public static int Set<TFile>(TFile file, uint current, FileFlags wanted, FileFlags mask)
        where TFile : IMetadataTarget, allows ref struct
    {
        uint target = (current & ~(uint)mask) | (uint)(wanted & mask);
        if (target == current)
        {
            return 0;
        }
        int first = file.SetFlags(target);
        if (first >= 0 || BitOperations.PopCount(target ^ current) == 1)
        {
            return first;
        }
        // One flag that the file system does not know, or that needs other rights, spoils the call for all.
        for (uint differing = target ^ current; differing != 0; differing &= differing - 1)
        {
            uint changed = current ^ (differing & ~(differing - 1));
            current = file.SetFlags(changed) >= 0 ? changed : current;
        }
        return current == target ? 0 : first;
    }
}
