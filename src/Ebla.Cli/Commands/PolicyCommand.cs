using System.CommandLine;
using Ebla.Cli.Access;
using Ebla.Cli.Invocation;
using Ebla.Cli.Reports;
using Ebla.Notes;
using Ebla.Operations.Retention;
using Ebla.Repositories;

namespace Ebla.Cli.Commands;

internal static class PolicyCommand
{
    public static Command Create(CommandRunner runner) => new TaughtCommand(
        "policy",
        "Keeps the rules of 'ebla forget' in the repository, so that every machine goes by the same: 'ebla forget --policy'.",
        """
        ebla policy set --keep-daily 7 --keep-weekly 5 --keep-monthly 12 --time-zone Europe/Berlin
        ebla policy show
        ebla policy remove
        """)
    {
        CreateSet(runner), CreateShow(runner), CreateRemove(runner),
    };

    private static TaughtCommand CreateSet(CommandRunner runner)
    {
        RetentionArguments retention = new();
        TaughtCommand command = new(
            "set",
            "Puts a policy in place of the one before, whole. Forgets nothing by itself.",
            "ebla policy set --keep-within 2w --keep-within-daily 3m --keep-monthly unlimited");
        retention.AddTo(command);
        runner.Attach(command, async context =>
        {
            RetentionPolicy policy = retention.Read(context);
            if (!policy.HasRules)
            {
                throw new UsageException("A policy without a rule would keep nothing. Say what to keep, as in --keep-daily 7.");
            }
            await using Repository repository = await RepositoryAccess.OpenAsync(context);
            await PolicyOperation.WriteAsync(repository, policy, context.CancellationToken);
            return Show(context, policy);
        });
        return command;
    }

    private static TaughtCommand CreateShow(CommandRunner runner)
    {
        TaughtCommand command = new("show", "Shows the policy as the options that make it.", "ebla policy show --repo /mnt/backup");
        runner.Attach(command, async context =>
        {
            await using Repository repository = await RepositoryAccess.OpenAsync(context);
            return Show(context, await PolicyOperation.ReadAsync(repository, context.CancellationToken));
        });
        return command;
    }

    private static TaughtCommand CreateRemove(CommandRunner runner)
    {
        TaughtCommand command = new("remove", "Takes the policy away. Snapshots stay as they are.", "ebla policy remove --repo /mnt/backup");
        runner.Attach(command, async context =>
        {
            await using Repository repository = await RepositoryAccess.OpenAsync(context);
            await PolicyOperation.WriteAsync(repository, null, context.CancellationToken);
            return Show(context, null, "There is no policy any more.");
        });
        return command;
    }

    private static int Show(CommandContext context, RetentionPolicy? policy, string none = "There is no policy.") => context.Conclude(
        ExitCode.Done,
        PolicyReport.Of(policy),
        ReportsContext.Default.PolicyReport,
        output =>
        {
            foreach (string line in policy is null ? [none] : RetentionArguments.Describe(policy))
            {
                output.WriteLine(line);
            }
        });
}
