using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Ebla.Cli.Invocation;

/// <summary>The parser's own help, and below it examples and exit codes.</summary>
internal sealed class HelpWithExamples(HelpAction help, GlobalOptions globals) : SynchronousCommandLineAction
{
    private const string AllCodes = """
        Exit codes:
          0 done                  4 damage found                  12 wrong password or key
          1 failed               10 no repository there           13 the store does not let us in
          2 wrong usage          11 busy: try again later        130 interrupted
          3 done, but something could not be read or restored

        """;

    public override int Invoke(ParseResult parseResult)
    {
        // The parser would list everything as one; what every command has goes below what is this one's own.
        foreach (Option option in globals.Common.Concat(globals.Store.All))
        {
            option.Hidden = true;
        }
        _ = help.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        OptionTable.Write(output, "Options of all commands:", globals.Common, help.MaxWidth);
        OptionTable.Write(output, "Options for stores on other machines:", globals.Store.All, help.MaxWidth);
        Command command = parseResult.CommandResult.Command;
        if (command is TaughtCommand taught)
        {
            output.WriteLine("Examples:");
            foreach (string line in taught.Examples.TrimEnd().Split('\n'))
            {
                output.WriteLine($"  {line}");
            }
            output.WriteLine();
        }
        if (command is TaughtCommand or RootCommand)
        {
            output.WriteLine(AllCodes);
        }
        return ExitCode.Done;
    }
}
