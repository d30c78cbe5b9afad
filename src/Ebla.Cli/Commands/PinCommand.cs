using System.CommandLine;
using Ebla.Cli.Access;
using Ebla.Cli.Invocation;
using Ebla.Cli.Rendering;
using Ebla.Cli.Reports;
using Ebla.Operations.Retention;
using Ebla.Repositories;

namespace Ebla.Cli.Commands;

/// <summary>The commands that change what becomes of single snapshots: pin, unpin, undelete.</summary>
internal static class PinCommand
{
    private delegate Task<IReadOnlyList<StoredSnapshot>> Change(
        Repository repository, IReadOnlyList<string> snapshots, CancellationToken cancellationToken);

    public static Command CreatePin(CommandRunner runner) => Create(
        runner,
        "pin",
        "Pins snapshots: no rule forgets them, and forgetting them by name is refused.",
        "ebla pin 1a2b3c4d --repo /mnt/backup",
        "'latest', 'latest:HOST', or the start of an id.",
        PinOperation.PinAsync,
        "pinned");

    public static Command CreateUnpin(CommandRunner runner) => Create(
        runner,
        "unpin",
        "Lets pinned snapshots go again, when a rule or somebody says so.",
        "ebla unpin 1a2b3c4d --repo /mnt/backup",
        "'latest', 'latest:HOST', or the start of an id.",
        PinOperation.UnpinAsync,
        "unpinned");

    public static Command CreateUndelete(CommandRunner runner) => Create(
        runner,
        "undelete",
        "Brings forgotten snapshots back, as long as no prune has begun to remove them: all that are named, or none.",
        """
        ebla snapshots --forgotten          what can be brought back
        ebla undelete 1a2b3c4d
        """,
        "The start of an id.",
        UndeleteOperation.RunAsync,
        "brought back");

    private static TaughtCommand Create(
        CommandRunner runner, string name, string description, string examples, string argument, Change change, string done)
    {
        Argument<string[]> snapshots = new("SNAPSHOT") { Description = argument, Arity = ArgumentArity.OneOrMore };
        TaughtCommand command = new(name, description, examples) { snapshots };
        runner.Attach(command, async context =>
        {
            await using Repository repository = await RepositoryAccess.OpenAsync(context);
            IReadOnlyList<StoredSnapshot> changed = await change(repository, context.Get(snapshots)!, context.CancellationToken);
            return context.Conclude(
                ExitCode.Done,
                new ChangedSnapshotsReport([.. changed.Select(stored => stored.Id.ToString())]),
                ReportsContext.Default.ChangedSnapshotsReport,
                output => output.WriteLine(changed.Count == 0
                    ? $"nothing to do: already {done}"
                    : $"{Count.Of(changed.Count, "snapshot")} {done}: {string.Join(' ', changed.Select(stored => stored.Id.ToShortString()))}"));
        });
        return command;
    }
}
