using System.Diagnostics;

namespace Ebla.Tests.PruneModel;

/// <summary>
/// Explores the large scenarios; or one whose name begins so; or prints the shortest way to harm without a rule. For <c>./test model</c>.
/// </summary>
internal static class PruneModelRun
{
    public const string Argument = "prune-model";

    private const int StatesMax = 100_000_000;

    public static int Run(string[] args)
    {
        Scenario[] chosen = args is []
            ? [.. Scenarios.Small, .. Scenarios.Large]
            : [.. Scenarios.Small.Concat(Scenarios.Large).Concat(Scenarios.Variants)
                .Where(scenario => args.Any(arg => scenario.Name.StartsWith(arg, StringComparison.OrdinalIgnoreCase)))];
        int failed = chosen.Length == 0 ? 1 : 0;
        foreach (Scenario scenario in chosen)
        {
            Stopwatch watch = Stopwatch.StartNew();
            Explorer explorer = new(scenario);
            Violation? violation = explorer.Run(StatesMax);
            bool isExpected = violation is null == (scenario.Without.Length == 0);
            failed += isExpected ? 0 : 1;
            Console.WriteLine($"{(isExpected ? "ok" : "FAILED")} {(scenario.Without.Length == 0 ? "" : "without ")}{scenario.Name}: "
                + $"{explorer.StateCount} states, {explorer.MoveCount} steps, {watch.Elapsed.TotalSeconds:0.0} s");
            if (violation is not null && args.Length > 0)
            {
                Console.WriteLine(violation);
            }
        }
        Console.WriteLine($"model: {chosen.Length - failed} passed, {failed} failed");
        return failed == 0 ? 0 : 1;
    }
}
