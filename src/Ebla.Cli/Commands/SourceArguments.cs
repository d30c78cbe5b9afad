using System.CommandLine;
using Ebla.Cli.Access;
using Ebla.Cli.Invocation;
using Ebla.Operations.Backups;
using Ebla.Primitives;

namespace Ebla.Cli.Commands;

/// <summary>The arguments of <c>backup</c> that say what is backed up: paths, lists of paths, or one stream.</summary>
internal sealed class SourceArguments
{
    private readonly Argument<string[]> _paths = new("PATH")
    {
        Description = "Files and folders to back up; behind --from-command the command with its arguments.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string[]> _filesFrom = new("--files-from")
    {
        Description = "A file that lists paths, one a line; - is standard input. Folders count with all that is in them.",
        HelpName = "FILE",
    };

    private readonly Option<string[]> _filesFrom0 = new("--files-from0", "--files-from-raw")
    {
        Description = "The same with a zero byte behind each path, as from find -print0: any name can be listed.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _stdin = new("--stdin") { Description = "Back up standard input as one file." };

    private readonly Option<bool> _fromCommand = new("--from-command")
    {
        Description = "Back up what a command prints as one file. If it fails, there is no snapshot.",
    };

    private readonly Option<string?> _stdinName = new("--stdin-name")
    {
        Description = "The path of that file in the snapshot; without it, stdin or the command's name.",
        HelpName = "NAME",
    };

    public void AddTo(Command command)
    {
        command.Add(_paths);
        command.Add(_filesFrom);
        command.Add(_filesFrom0);
        command.Add(_stdin);
        command.Add(_fromCommand);
        command.Add(_stdinName);
    }

    /// <summary>Puts the sources into the options.</summary>
    public BackupOptions Read(CommandContext context, BackupOptions options)
    {
        string[] paths = context.Get(_paths) ?? [];
        string[] lists = context.Get(_filesFrom) ?? [];
        string[] lists0 = context.Get(_filesFrom0) ?? [];
        bool isStdin = context.Get(_stdin);
        bool isCommand = context.Get(_fromCommand);
        string? name = context.Get(_stdinName);
        Require(!(isStdin && isCommand), "--stdin and --from-command exclude each other.");
        Require(lists.Length + lists0.Length == 0 || !(isStdin || isCommand), "With --files-from there is no --stdin or --from-command.");
        Require(!isStdin || paths.Length == 0, "With --stdin there are no paths: they would be another backup.");
        Require(!isCommand || paths.Length > 0, "Say which command: ebla backup --from-command -- COMMAND ARGUMENT...");
        Require(name is null || isStdin || isCommand, "--stdin-name goes with --stdin or --from-command.");
        Require(lists.Concat(lists0).Count(list => list == InputFile.StandardInput) <= 1, "Standard input can be only one list.");
        if (isStdin)
        {
            return options with { Input = BackupInput.FromStream(CommandContext.ToName(name ?? "stdin"), Console.OpenStandardInput) };
        }
        if (isCommand)
        {
            Require(paths.All(RawText.IsText), "The arguments of a command must be UTF-8.");
            ByteName fileName = CommandContext.ToName(name ?? Path.GetFileName(paths[0]));
            return options with { Input = BackupInput.FromCommand(fileName, paths) };
        }
        Require(paths.Length + lists.Length + lists0.Length > 0, "Say what to back up: ebla backup PATH...");
        return options with
        {
            Paths = [.. paths.Select(CommandContext.ToName)],
            ListedPaths =
            [
                .. lists.SelectMany(list => PathList.Read(list, isZeroEnded: false)),
                .. lists0.SelectMany(list => PathList.Read(list, isZeroEnded: true)),
            ],
        };
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new UsageException(message);
        }
    }
}
