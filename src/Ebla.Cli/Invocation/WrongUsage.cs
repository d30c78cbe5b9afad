using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Ebla.Cli.Invocation;

/// <summary>What is wrong with a command line, in one line.</summary>
internal static class WrongUsage
{
    /// <summary>The first thing that is wrong; null if nothing is.</summary>
    public static string? Find(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        // The parser takes an option that it does not know for an argument where there may be any number: "--dryrun" would be one more path.
        int countOfPlain = parsed.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).Count(token => token.Type == TokenType.Argument);
        string? option = parsed.CommandResult.Tokens
            .SkipLast(countOfPlain)
            .Select(token => token.Value)
            .Concat(parsed.UnmatchedTokens.SkipLast(countOfPlain))
            .FirstOrDefault(IsOption)?
            .Split('=')[0];
        if (option is not null)
        {
            string hint = Nearest(option, NamesOfOptions(command)) is { } name ? $" Did you mean {name}?"
                : command.Arguments.Count > 0 ? " Where a name begins with -, write -- before it." : "";
            return $"There is no option {option}.{hint}";
        }
        if (parsed.Errors.Count == 0)
        {
            return null;
        }
        if (parsed.UnmatchedTokens is [string word, ..])
        {
            string hint = Nearest(word, command.Subcommands.Select(sub => sub.Name)) is { } name ? $" Did you mean {name}?" : "";
            return command.Subcommands.Count > 0 ? $"There is no command '{word}'.{hint}" : $"'{word}' is one argument too many.";
        }
        // The parser names the type that it failed to make.
        if (parsed.Errors[0].SymbolResult is OptionResult { Tokens: [{ Value: var value }], Option: var given }
            && given.ValueType != typeof(string))
        {
            return $"{given.Name}: '{value}' is no {(given.ValueType == typeof(bool) ? "true or false" : "whole number")}.";
        }
        return string.Join(' ', parsed.Errors[0].Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static bool IsOption(string argument) => argument.Length > 1 && argument[0] == '-';

    private static IEnumerable<string> NamesOfOptions(Command command)
        => command.Options.Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options.Where(option => option.Recursive)))
            .Where(option => !option.Hidden)
            .Select(option => option.Name);

    private static string? Nearest(string word, IEnumerable<string> names)
    {
        word = word.ToLower(CultureInfo.InvariantCulture);
        return names.Select(name => (Name: name, Distance: Distance(word, name)))
            .Where(pair => pair.Distance <= 2 && pair.Distance * 2 <= word.TrimStart('-').Length)
            .OrderBy(pair => pair.Distance)
            .Select(pair => pair.Name)
            .FirstOrDefault();
    }

    /// <summary>How many letters must be put in, taken out or changed to make one of the other.</summary>
    private static int Distance(string one, string other)
    {
        int[] row = [.. Enumerable.Range(0, other.Length + 1)];
        foreach (char letter in one)
        {
            int diagonal = row[0]++;
            for (int i = 1; i < row.Length; i++)
            {
                int changed = diagonal + (letter == other[i - 1] ? 0 : 1);
                diagonal = row[i];
                row[i] = Math.Min(changed, 1 + Math.Min(row[i - 1], row[i]));
            }
        }
        return row[^1];
    }
}
