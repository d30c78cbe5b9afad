using System.Text;
using Ebla.Cli.Invocation;

namespace Ebla.Cli.Access;

/// <summary>Asks on the terminal, without showing what is typed.</summary>
internal static class TerminalPrompt
{
    public static string ReadPassword(CommandContext context, string question)
    {
        Console.Error.Write(question);
        StringBuilder typed = new();
        context.Interruption.IsImmediate = true;
        try
        {
            while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
            {
                if (key.Key == ConsoleKey.Backspace)
                {
                    typed.Length = Math.Max(0, typed.Length - 1);
                }
                else if (!char.IsControl(key.KeyChar))
                {
                    _ = typed.Append(key.KeyChar);
                }
            }
        }
        finally
        {
            context.Interruption.IsImmediate = false;
            Console.Error.WriteLine();
        }
        return typed.ToString();
    }
}
