using System.CommandLine;
using Ebla.Cli.Rendering;

namespace Ebla.Cli.Invocation;

/// <summary>Runs the body of a command: failures become a line and an exit code here and nowhere else.</summary>
internal sealed class CommandRunner(GlobalOptions globals)
{
    /// <summary>Lets <paramref name="command"/> do <paramref name="body"/>, which returns the exit code.</summary>
    public void Attach(Command command, Func<CommandContext, Task<int>> body)
        => command.SetAction((arguments, _) => RunAsync(arguments, body));

    private async Task<int> RunAsync(ParseResult arguments, Func<CommandContext, Task<int>> body)
    {
        using Interruption interruption = new();
        CommandContext context = new(arguments, globals, interruption);
        try
        {
            int exitCode = await body(context);
            context.Flush();
            return exitCode;
        }
        catch (ClosedOutputException)
        {
            // The reader has what it wanted.
            return ExitCode.Done;
        }
        catch (Exception exception)
        {
            var failure = Failure.Of(exception, interruption.Token.IsCancellationRequested);
            context.Messages.Problem($"ebla: {failure.Message}");
            return failure.ExitCode;
        }
        finally
        {
            if (context.Get(globals.Verbose) && context.Store.Traffic is { } traffic)
            {
                context.Messages.Notice(TrafficLine.Of(traffic));
            }
        }
    }
}
