using Ebla.FileSystems;
using Ebla.Primitives;

namespace Ebla.Operations.Restores;

/// <summary>Tells what concerns one file from what ends a restore.</summary>
internal static class TargetFailure
{
    /// <summary>Throws if the target takes nothing any more, so that going on would only list every file.</summary>
    public static void ThrowIfFinal(FileSystemException exception)
    {
        if (exception.IsFileSystemFull)
        {
            throw new TargetException(
                $"The target takes no more data: {exception.Message}. What is restored so far is whole. Make room and restore again.",
                exception);
        }
    }
}
