using System.CommandLine;
using Ebla.Cli.Access;
using Ebla.Cli.Invocation;
using Ebla.Cli.Rendering;
using Ebla.Operations;
using Ebla.Operations.Dumps;
using Ebla.Repositories;

namespace Ebla.Cli.Commands;

internal static class DumpCommand
{
    public static Command Create(CommandRunner runner)
    {
        Argument<string> place = SnapshotArgument.Create("What to write:");
        Option<string?> format = new("--format")
        {
            Description = "Without it, a file is written as it is, and all else as tar.",
            HelpName = "raw|tar|zip",
        };
        _ = format.AcceptOnlyFromAmong("raw", "tar", "zip");
        TaughtCommand command = new(
            "dump",
            "Writes a file, or a folder or snapshot as an archive, to standard output. Every byte is checked before. If something is "
            + "damaged, the output ends there and the exit code says so: an archive is then not whole.",
            """
            ebla dump latest:/etc/hosts > hosts
            ebla dump latest:/home/ann | tar -x --xattrs --xattrs-include='*' -C /tmp/ann
            ebla dump latest:/home/ann/photos --format zip > photos.zip
            """)
        {
            place, format,
        };
        runner.Attach(command, context => RunAsync(
            context,
            SnapshotArgument.Parse(context.Get(place)!),
            context.Get(format) is { } name ? Enum.Parse<DumpFormat>(name, ignoreCase: true) : null));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, SnapshotPath place, DumpFormat? format)
    {
        if (context.IsJson)
        {
            throw new UsageException("--json: contents are written as they are.");
        }
        if (!Console.IsOutputRedirected)
        {
            throw new UsageException("Standard output is a terminal: send it to a file or a program, as in: ebla dump ... > FILE");
        }
        await using Repository repository = await RepositoryAccess.OpenAsync(context);
        DumpResult result = await DumpOperation.RunAsync(
            repository, place, format, context.RawOutput, new DumpMonitor(context.Messages), context.CancellationToken);
        return result.Errors == 0 ? ExitCode.Done : ExitCode.Incomplete;
    }

    private sealed class DumpMonitor(Messages messages) : IDumpObserver
    {
        public void Problem(DumpProblem problem) => messages.Problem(ProblemLine.Of(problem.Path, problem.Message));
    }
}
