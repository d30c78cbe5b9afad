using Ebla.Repositories;

namespace Ebla.Cli.Rendering;

/// <summary>What is wrong with an object of the catalog, in one line.</summary>
internal static class FindingText
{
    /// <summary>The message, which as a rule begins with the name.</summary>
    public static string Of(CatalogFinding finding)
    {
        string name = finding.Name.ToString();
        return finding.Message.Contains(name, StringComparison.Ordinal) ? finding.Message : $"{name}: {finding.Message}";
    }
}
