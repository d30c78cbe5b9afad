using System.CommandLine;
using Ebla.Cli.Access;
using Ebla.Cli.Invocation;
using Ebla.Cli.Rendering;
using Ebla.Cli.Reports;
using Ebla.Operations.Retention;
using Ebla.Repositories;

namespace Ebla.Cli.Commands;

internal static class ForgetCommand
{
    public static Command Create(CommandRunner runner)
    {
        Argument<string[]> snapshots = new("SNAPSHOT")
        {
            Description = "Forget these, whatever the rules: 'latest', 'latest:HOST', or the start of an id.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        RetentionArguments retention = new();
        FilterOptions filter = new();
        Option<bool> policy = new("--policy") { Description = "Go by the policy that is kept in the repository: see 'ebla policy'." };
        Option<string[]> keepIds = new("--keep-id")
        {
            Description = "Keep this snapshot too; may be given several times.",
            HelpName = "ID",
        };
        Option<bool> dryRun = new("--dry-run", "-n")
        {
            Description = "Only say what would go and why, and what a prune could free then. Writes nothing.",
        };
        Option<bool> allowEmpty = new("--allow-empty-group") { Description = "Let the newest snapshot of a group go too." };
        Option<bool> force = new("--force") { Description = "Forget also where so many would go, or have come, that it looks like a mistake." };
        TaughtCommand command = new(
            "forget",
            "Forgets snapshots: those that are named, or those that no rule keeps. Rules count for each group, and each writer, by itself. "
            + "What only forgotten snapshots need stays stored until a prune; until then 'ebla undelete' brings them back.",
            """
            ebla forget --keep-daily 7 --keep-weekly 5 --keep-monthly 12 --dry-run      see what would go, and why
            ebla forget --keep-within 2w --keep-within-daily 3m --keep-yearly unlimited
            ebla forget --policy                                                        as 'ebla policy set' said
            ebla forget 1a2b3c4d                                                        this one
            """)
        {
            snapshots,
        };
        retention.AddTo(command);
        command.Add(keepIds);
        command.Add(policy);
        filter.AddTo(command);
        command.Add(allowEmpty);
        command.Add(force);
        command.Add(dryRun);
        runner.Attach(command, context =>
        {
            ForgetOptions options = new()
            {
                Snapshots = context.Get(snapshots) ?? [],
                Policy = context.Get(policy) ? null : retention.Read(context),
                KeepIds = context.GetNames(keepIds),
                Filter = filter.Read(context),
                Zone = retention.ReadZone(context),
                AllowsEmptyGroup = context.Get(allowEmpty),
                IsConfirmed = context.Get(force),
                DryRun = context.Get(dryRun),
                CountsBytes = context.Get(dryRun) || context.IsJson || context.Get(context.Globals.Verbose),
            };
            CheckUsage(options, context.Get(policy), retention.HasRules(context), retention.HasGrouping(context));
            return RunAsync(context, options);
        });
        return command;
    }

    private static void CheckUsage(ForgetOptions options, bool usesPolicy, bool hasRules, bool hasGrouping)
    {
        bool isNamed = options.Snapshots.Count > 0;
        if (isNamed && (usesPolicy || hasRules || hasGrouping || options.KeepIds.Count > 0 || !options.Filter.IsEmpty))
        {
            throw new UsageException("Either name snapshots, or give rules and filters: not both.");
        }
        if (usesPolicy && (hasRules || hasGrouping))
        {
            throw new UsageException("--policy goes by the rules in the repository: give no others beside it.");
        }
        if (!isNamed && !usesPolicy && !hasRules && options.KeepIds.Count == 0)
        {
            throw new UsageException(
                "Without a rule everything would go. Say what to keep, as in --keep-daily 7, or name the snapshots to forget.");
        }
    }

    private static async Task<int> RunAsync(CommandContext context, ForgetOptions options)
    {
        await using Repository repository = await RepositoryAccess.OpenAsync(context);
        ForgetResult result = await ForgetOperation.RunAsync(repository, options, context.CancellationToken);
        foreach (CatalogFinding finding in result.Findings)
        {
            context.Messages.Problem($"{FindingText.Of(finding)} It stays.");
        }
        foreach (CatalogFinding finding in result.CatalogFindings)
        {
            context.Messages.Problem($"{FindingText.Of(finding)} What it names is not counted.");
        }
        foreach (RetentionGroup group in result.Groups)
        {
            foreach (string warning in group.Warnings)
            {
                context.Messages.Problem($"warning: {TitleOf(group, result.Groups)}: {warning}");
            }
            if (group.Objection is { } objection)
            {
                context.Messages.Problem(
                    $"{TitleOf(group, result.Groups)}: {objection}. Nothing of this group {(options.DryRun ? "would be" : "was")} forgotten. "
                    + "Look at the list; if it is right, add --force.");
            }
        }
        int exitCode = result.Findings.Count + result.CatalogFindings.Count > 0 ? ExitCode.Damage
            : result.HasObjections ? ExitCode.Incomplete
            : ExitCode.Done;
        return context.Conclude(
            exitCode,
            ForgetReport.Of(result, options.DryRun),
            ReportsContext.Default.ForgetReport,
            output => Write(output, result, options.DryRun));
    }

    private static void Write(TextWriter output, ForgetResult result, bool isDryRun)
    {
        foreach (RetentionGroup group in result.Groups)
        {
            output.WriteLine($"{TitleOf(group, result.Groups)}: {group.KeptCount} stay, {group.ForgottenCount} go");
            TextTable table = new("", "ID", "TIME", "TAGS", "WHY");
            foreach (RetentionVerdict verdict in group.Verdicts)
            {
                table.Add(
                    verdict.IsKept ? "keep" : group.Objection is null ? "forget" : "held",
                    verdict.Stored.Id.ToShortString(),
                    TimeText.Format(verdict.Stored.Snapshot.Time.ToDateTimeOffset(), result.Zone),
                    string.Join(',', verdict.Stored.Snapshot.Tags.Select(SafeText.ForTerminal)),
                    SafeText.ForTerminal(string.Join("; ", verdict.Reasons)));
            }
            table.WriteTo(output);
            output.WriteLine();
        }
        if (result.Account is { Snapshots.Count: > 0 } account)
        {
            output.WriteLine($"without {(account.Snapshots.Count == 1 ? "it" : "them")} a prune can free {AccountText.Of(account)}");
        }
        if (result.Lost.Count > 0)
        {
            output.WriteLine($"{Count.Of(result.Lost.Count, "missing snapshot")} {(isDryRun ? "would be " : "")}forgotten: what nobody else needs "
                + "goes with the next prune");
        }
        if (result.Lost.Count > 0 && result.Forgotten.Count == 0)
        {
            return;
        }
        // Where rules decided, the tables above say which. 'latest' names nothing that 'undelete' takes.
        string which = result.Policy is null ? $": {string.Join(' ', result.Forgotten.Select(stored => stored.Id.ToShortString()))}" : "";
        string zone = result.Policy is null ? "" : $"; days are those of {result.Zone.Id}";
        output.WriteLine(isDryRun
            ? $"dry run: {Count.Of(result.Forgotten.Count, "snapshot")} would be forgotten{which}{zone}; nothing was changed"
            : result.Forgotten.Count == 0 ? $"nothing to forget{zone}"
            : $"{Count.Of(result.Forgotten.Count, "snapshot")} forgotten{which}{zone}; ebla undelete brings back, until a prune");
    }

    private static string TitleOf(RetentionGroup group, IReadOnlyList<RetentionGroup> all)
        => GroupTitle.Of(group.Writer, group.Host, group.Paths, group.Tags, all.Any(other => other.Writer != group.Writer));
}
