using Ebla.Primitives;

namespace Ebla.FileSystems;

/// <summary>How many files the process may hold open.</summary>
public static class OpenFileLimit
{
    /// <summary>Raises the limit as far as the administrator allows. Call it once, at the start of the program.</summary>
    /// <remarks>The usual 1024 is for programs that use select(2). The framework raises it too, but not in every kind of build.</remarks>
    /// <returns>The limit from now on.</returns>
    /// <exception cref="FileSystemException">The system refuses.</exception>
    public static long Raise()
    {
        int result = Posix.GetOpenFileLimit(out ulong soft, out ulong hard);
        if (result >= 0 && soft < hard)
        {
            result = Posix.SetOpenFileLimit(hard, hard);
        }
        return result < 0
            ? throw FileSystemException.FromErrno("raise", ByteName.FromText("the limit of open files"), -result)
            : (long)Math.Min(hard, long.MaxValue);
    }
}
