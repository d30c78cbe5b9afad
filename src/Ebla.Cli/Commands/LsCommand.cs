using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Ebla.Cli.Access;
using Ebla.Cli.Invocation;
using Ebla.Cli.Rendering;
using Ebla.Cli.Reports;
using Ebla.Operations;
using Ebla.Operations.Listing;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Trees;

namespace Ebla.Cli.Commands;

internal static class LsCommand
{
    public static Command Create(CommandRunner runner)
    {
        Argument<string> place = SnapshotArgument.Create("What to list:");
        Option<bool> longFormat = new("--long", "-l")
        {
            Description = "With mode, owner, group, size and time; + marks access control lists, @ other extended attributes.",
        };
        Option<bool> shallow = new("--shallow") { Description = "Not what is in the folders below." };
        TaughtCommand command = new(
            "ls",
            "Lists the files of a snapshot with their whole paths.",
            """
            ebla ls latest
            ebla ls -l latest:/etc --shallow
            ebla ls 1a2b3c4d --json | jq -r '.[] | select(.size > 1e9) | .path'
            """)
        {
            place, longFormat, shallow,
        };
        runner.Attach(command, context => RunAsync(
            context,
            SnapshotArgument.Parse(context.Get(place)!),
            new ListOptions { Recursive = !context.Get(shallow) },
            context.Get(longFormat)));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, SnapshotPath place, ListOptions options, bool isLong)
    {
        await using Repository repository = await RepositoryAccess.OpenAsync(context);
        ListMonitor monitor = new(context.Messages);
        // Written as it comes: a listing can be larger than memory.
        string separator = "[\n";
        IAsyncEnumerable<ListedEntry> entries =
            ListOperation.RunAsync(repository, place, options, monitor, context.CancellationToken);
        await foreach (ListedEntry entry in entries)
        {
            if (context.IsJson)
            {
                context.Output.Write(separator);
                context.Output.Write(JsonSerializer.Serialize(EntryReport.Of(entry), LineReportsContext.Default.EntryReport));
                separator = ",\n";
            }
            else
            {
                context.Output.WriteLine(isLong ? LongLine(entry) : entry.Path.ToString());
            }
        }
        if (context.IsJson)
        {
            context.Output.WriteLine(separator[0] == '[' ? "[]" : "\n]");
        }
        return monitor.HasProblems ? ExitCode.Damage : ExitCode.Done;
    }

    private static string LongLine(ListedEntry entry)
    {
        EntryReport report = EntryReport.Of(entry);
        string link = report.LinkTarget is null ? "" : $" -> {entry.Node.LinkTarget}";
        string time = TimeText.Format(entry.Node.ModifiedTime.ToDateTimeOffset());
        string size = entry.Node.Type == FileType.Regular ? report.Size.ToString(CultureInfo.InvariantCulture) : "-";
        return $"{ModeText.Format(entry.Node.Type, entry.Node.Mode)}{Mark(entry.Node)} {Owner(entry.Node.UserName, report.Uid),-8} "
            + $"{Owner(entry.Node.GroupName, report.Gid),-8} {size,12} {time} {entry.Path}{link}";
    }

    // As ls(1) marks access control lists; and @ where there are other extended attributes.
    private static char Mark(Node node) => node.ExtendedAttributes.Any(attribute => attribute.Name.Span.StartsWith("system.posix_acl_"u8)) ? '+'
        : node.ExtendedAttributes.Count + node.ExtendedAttributeContent.Count > 0 ? '@'
        : ' ';

    private static string Owner(ByteName name, uint id)
        => name.IsEmpty ? id.ToString(CultureInfo.InvariantCulture) : name.ToString();

    private sealed class ListMonitor(Messages messages) : IListObserver
    {
        public bool HasProblems { get; private set; }

        public void Problem(ListProblem problem)
        {
            HasProblems = true;
            messages.Problem(ProblemLine.Of(problem.Path, problem.Message));
        }
    }
}
