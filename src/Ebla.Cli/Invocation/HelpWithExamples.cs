using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Ebla.Cli.Invocation;

/// <summary>The parser's own help, and below it examples and exit codes.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    private const string AllCodes = """
        Exit codes:
          0 done                  4 damage found                  12 wrong password or key
          1 failed               10 no repository there          130 interrupted
          2 wrong usage          11 busy: try again later
          3 done, but something could not be read or restored

        """;

    public override int Invoke(ParseResult parseResult)
    {
        _ = help.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
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
