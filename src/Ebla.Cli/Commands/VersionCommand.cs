using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using Ebla.Cli.Invocation;
using Ebla.Cli.Reports;

namespace Ebla.Cli.Commands;

internal static class VersionCommand
{
    /// <summary>As in the project file, without the commit that the build may add.</summary>
    public static string Version { get; } =
        (typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0")
        .Split('+')[0];

    public static Command Create(CommandRunner runner)
    {
        TaughtCommand command = new("version", "Says which version of ebla this is.", "ebla version");
        runner.Attach(command, context => Task.FromResult(Run(context)));
        return command;
    }

    private static int Run(CommandContext context)
    {
        VersionReport report = new(Version, RuntimeInformation.RuntimeIdentifier, RuntimeInformation.FrameworkDescription);
        if (context.IsJson)
        {
            return context.Conclude(ExitCode.Done, report, ReportsContext.Default.VersionReport, _ => { });
        }
        context.Output.WriteLine($"ebla {report.Version} ({report.Platform}, {report.Runtime})");
        return ExitCode.Done;
    }
}
