using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Ebla.Cli.Commands;

namespace Ebla.Cli.Invocation;

/// <summary>The command line as a whole.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        // '@' begins a file name here, not a file of arguments.
        ParseResult parsed = CreateRoot().Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        InvocationConfiguration invocation = new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        bool isHelp = parsed.Action is not ParseErrorAction && parsed.Action != parsed.CommandResult.Command.Action;
        if (!isHelp && WrongUsage.Find(parsed) is { } wrong)
        {
            await invocation.Error.WriteLineAsync($"ebla: {wrong}");
            await invocation.Error.WriteLineAsync($"Try: {HelpCommandOf(parsed)}");
            return ExitCode.WrongUsage;
        }
        return await parsed.InvokeAsync(invocation);
    }

    private static RootCommand CreateRoot()
    {
        GlobalOptions globals = new();
        CommandRunner runner = new(globals);
        RootCommand root = new("Backups in a content-addressed, encrypted repository.");
        globals.AddTo(root);
        root.Add(InitCommand.Create(runner));
        root.Add(BackupCommand.Create(runner));
        root.Add(SnapshotsCommand.Create(runner));
        root.Add(LsCommand.Create(runner));
        root.Add(RestoreCommand.Create(runner));
        root.Add(DumpCommand.Create(runner));
        root.Add(CopyCommand.Create(runner));
        root.Add(ForgetCommand.Create(runner));
        root.Add(PolicyCommand.Create(runner));
        root.Add(PinCommand.CreatePin(runner));
        root.Add(PinCommand.CreateUnpin(runner));
        root.Add(PinCommand.CreateUndelete(runner));
        root.Add(PruneCommand.Create(runner));
        root.Add(CatCommand.Create(runner));
        root.Add(CheckCommand.Create(runner));
        root.Add(StatsCommand.Create(runner));
        root.Add(KeyCommand.Create(runner));
        root.Add(BackendCommand.Create(runner));
        root.Add(CompletionCommand.Create(runner));
        root.Add(VersionCommand.Create(runner));
        root.SetAction(parsed => new HelpAction().Invoke(parsed));
        foreach (Option option in root.Options)
        {
            if (option is HelpOption { Action: HelpAction help })
            {
                option.Action = new HelpWithExamples(help, globals);
            }
        }
        return root;
    }

    private static string HelpCommandOf(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        return command is RootCommand ? "ebla --help" : $"ebla {NameOf(command)} --help";
    }

    // "key add", not "add".
    private static string NameOf(Command command)
        => command.Parents.OfType<Command>().FirstOrDefault() is { } parent and not RootCommand
            ? $"{NameOf(parent)} {command.Name}"
            : command.Name;
}
