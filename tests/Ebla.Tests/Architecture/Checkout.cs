namespace Ebla.Tests.Architecture;

/// <summary>The source tree that the tests were built from.</summary>
internal static class Checkout
{
    // Not by [CallerFilePath]: a deterministic build does not record real paths.
    /// <summary>The folder that holds Ebla.slnx.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Ebla.slnx")))
            {
                return folder.FullName;
            }
        }
        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds Ebla.slnx");
    }
}
