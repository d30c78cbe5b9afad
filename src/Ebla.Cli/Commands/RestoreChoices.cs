using System.CommandLine;
using Ebla.Cli.Invocation;
using Ebla.Operations.Restores;

namespace Ebla.Cli.Commands;

/// <summary>The options of restore that say what is restored, and what becomes of what is there.</summary>
internal sealed class RestoreChoices
{
    private readonly Option<string[]> _paths = new("--path")
    {
        Description = "Only this absolute path, kept below TARGET; can be given several times. Not with :PATH.",
        HelpName = "PATH",
    };

    private readonly Option<string[]> _includes = new("--include")
    {
        Description = "Only what matches a pattern (as in .gitignore), and all that is in a folder which does. Several times.",
        HelpName = "PATTERN",
    };

    private readonly Option<string[]> _excludes = new("--exclude")
    {
        Description = "Not what matches a pattern. Several times.",
        HelpName = "PATTERN",
    };

    private readonly Option<string> _overwrite = new("--overwrite")
    {
        Description = "Files that are there: 'always' compares them and mends what differs; 'changed' does not read those with equal "
            + "size and time; 'never' leaves them alone.",
        HelpName = "always|changed|never",
        DefaultValueFactory = _ => "always",
    };

    private readonly Option<bool> _delete = new("--delete")
    {
        Description = "Remove from restored folders what the snapshot does not have. See it first with --dry-run.",
    };

    private readonly Option<bool> _dryRun = new("--dry-run", "-n")
    {
        Description = "List what would be done, and change nothing.",
    };

    private readonly Option<bool> _inPlace = new("--in-place")
    {
        Description = "Write what differs straight into the files that are there, as for disk images. Interrupted, they are half old.",
    };

    private readonly Option<bool> _verify = new("--verify")
    {
        Description = "Read everything back from the disk in the end, and compare it.",
    };

    public void AddTo(Command command)
    {
        _ = _overwrite.AcceptOnlyFromAmong("always", "changed", "never");
        command.Add(_paths);
        command.Add(_includes);
        command.Add(_excludes);
        command.Add(_overwrite);
        command.Add(_delete);
        command.Add(_dryRun);
        command.Add(_inPlace);
        command.Add(_verify);
    }

    public RestoreOptions Of(CommandContext context, RestoreOptions options)
    {
        options = options with
        {
            Paths = [.. (context.Get(_paths) ?? []).Select(CommandContext.ToName)],
            Includes = [.. (context.Get(_includes) ?? []).Select(CommandContext.ToName)],
            Excludes = [.. (context.Get(_excludes) ?? []).Select(CommandContext.ToName)],
            Overwrite = Enum.Parse<OverwriteRule>(context.Get(_overwrite)!, ignoreCase: true),
            Delete = context.Get(_delete),
            DryRun = context.Get(_dryRun),
            InPlace = context.Get(_inPlace),
            Verify = context.Get(_verify),
        };
        if (options.Paths.Count > 0 && !options.PathInSnapshot.IsEmpty)
        {
            throw new UsageException("Give either SNAPSHOT:PATH or --path.");
        }
        if (options.Paths.FirstOrDefault(path => path.Span[0] != (byte)'/') is { IsEmpty: false } relative)
        {
            throw new UsageException($"--path {relative}: a path in a snapshot begins with a slash.");
        }
        if (options is { Verify: true, Overwrite: OverwriteRule.Never })
        {
            throw new UsageException("--verify compares all that is restored, so it cannot go with --overwrite never.");
        }
        return options;
    }
}
