using Ebla.Cli.Invocation;

namespace Ebla.Cli;

internal static class Program
{
    private static Task<int> Main(string[] args) => CommandLine.RunAsync(RawText.RestoreArguments(args));
}
