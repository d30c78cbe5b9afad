using Ebla.Tests.Backends;
using Ebla.Tests.PruneModel;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Ebla.Tests;

/// <summary>Runs the tests, or, as a process that tests kill, trace or starve, a small piece of work; or explores the model of prune.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args is [BackendProcess.Argument, ..])
        {
            return await BackendProcess.RunAsync(args[1..]);
        }
        if (args is [PruneModelRun.Argument, ..])
        {
            return PruneModelRun.Run(args[1..]);
        }
        return args.Any(static arg => arg is "--server" or "--internal-msbuild-node")
            ? await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : await ConsoleRunner.Run(args);
    }
}
