using System.CommandLine;
using System.Security.Cryptography;
using Ebla.Backends.Locations;
using Ebla.Cli.Access;
using Ebla.Cli.Invocation;
using Ebla.Cli.Rendering;
using Ebla.Cli.Reports;
using Ebla.Operations.Trials;

namespace Ebla.Cli.Commands;

internal static class BackendCommand
{
    // Of random digits: nobody else has such a place.
    private const int ScratchNameLength = 16;

    public static Command Create(CommandRunner runner)
    {
        TaughtCommand command = new(
            "backend",
            "Looks at stores as such, without a repository.",
            """
            ebla backend test sftp://backup@host/srv/backup
            """)
        {
            CreateTest(runner),
        };
        return command;
    }

    private static TaughtCommand CreateTest(CommandRunner runner)
    {
        Argument<string?> location = new("LOCATION")
        {
            Description = "Where to try: a folder, or anything that --repo takes. Scratch places are made below it, and removed again; "
                + "what is there is not touched. Without it, --repo.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<bool> quick = new("--quick") { Description = "Fewer and smaller objects." };
        TaughtCommand command = new(
            "test",
            "Tries whether a store keeps what Ebla needs of it, and how fast it is. Needs no repository and no password of one.",
            """
            ebla backend test /mnt/backup
            ebla backend test s3:https://s3.example.org/bucket --quick
            ebla backend test sftp://backup@host/srv/backup --json | jq .fit
            """,
            codes: "1  something that Ebla needs does not hold; the list says what")
        {
            location, quick,
        };
        runner.Attach(command, context => TestAsync(context, Location(context, context.Get(location)), context.Get(quick)));
        return command;
    }

    private static BackendLocation Location(CommandContext context, string? given)
        => given is null ? RepositoryLocation.Of(context).Store
            : given.Length > 0 ? BackendLocation.Parse(given)
            : throw new UsageException("An argument is empty where a location is needed.");

    private static async Task<int> TestAsync(CommandContext context, BackendLocation location, bool isQuick)
    {
        // "REMOTE:" and "HOST:" are the top of a remote or a home folder; a slash after them would be another place.
        string top = location.ToString().TrimEnd('/');
        string prefix = $"{top}{(top.EndsWith(':') ? "" : "/")}"
            + $"ebla-test-{RandomNumberGenerator.GetHexString(ScratchNameLength, lowercase: true)}-";
        TrialMonitor monitor = new(context.Messages);
        TrialOptions options = new() { IsQuick = isQuick, RequestsInFlight = context.Store.RequestsInFlightMax };
        try
        {
            TrialResult result = await context.Messages.ShowWhileAsync(
                monitor.Lines,
                TrialOperation.RunAsync(
                    place => context.Store.OpenBare(BackendLocation.Parse(prefix + place)), options, monitor, context.CancellationToken));
            return context.Conclude(
                result.IsFit ? ExitCode.Done : ExitCode.Failed,
                TrialReport.Of(location.ToString(), isQuick, result),
                ReportsContext.Default.TrialReport,
                output => Write(output, location, result));
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            context.Messages.Problem(monitor.HasLeftSomething ? "ebla: interrupted" : "ebla: interrupted: nothing is left behind");
            return ExitCode.Interrupted;
        }
    }

    private static void Write(TextWriter output, BackendLocation location, TrialResult result)
    {
        TextTable table = new("TRIAL", "VERDICT", "FOUND");
        foreach (TrialFinding finding in result.Findings)
        {
            table.Add(finding.Name, Text(finding.Verdict), SafeText.ForTerminal(finding.Found));
        }
        table.WriteTo(output);
        output.WriteLine();
        IEnumerable<string> broken = result.Findings
            .Where(static finding => finding.IsNeeded && finding.Verdict == TrialVerdict.DoesNotHold)
            .Select(static finding => finding.Name);
        output.WriteLine(result.IsFit
            ? $"{location} is fit for a repository, as far as can be seen from here"
            : $"{location} is NOT fit for a repository: {string.Join(", ", broken)}");
    }

    private static string Text(TrialVerdict verdict) => verdict switch
    {
        TrialVerdict.Holds => "holds",
        TrialVerdict.DoesNotHold => "DOES NOT HOLD",
        TrialVerdict.NotOffered => "not offered",
        _ => "cannot be seen",
    };
}
