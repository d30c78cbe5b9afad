using System.CommandLine;
using System.CommandLine.Parsing;
using Ebla.Cli.Access;
using Ebla.Cli.Invocation;
using Ebla.Cli.Rendering;
using Ebla.Operations.Backups.Selection;
using Ebla.Operations.Patterns;
using Ebla.Primitives;

namespace Ebla.Cli.Commands;

/// <summary>The options of <c>backup</c> that say what is left out.</summary>
internal sealed class SelectionArguments
{
    /// <summary>16 MiB: half a million patterns.</summary>
    private const int RulesSizeInBytesMax = 16 << 20;

    private readonly Option<string[]> _exclude = new("--exclude", "-e")
    {
        Description = "Leave out what matches, as in .gitignore; a leading / is the root of the file system. The last match counts.",
        HelpName = "PATTERN",
    };

    private readonly Option<string[]> _include = new("--include", "-i")
    {
        Description = "Take what matches after all, although an earlier pattern or an ignore file leaves it out.",
        HelpName = "PATTERN",
    };

    private readonly Option<string[]> _excludeFile = new("--exclude-file")
    {
        Description = "A file of patterns, one a line; those with ! in front take back.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _noIgnoreFiles = new("--no-ignore-files")
    {
        Description = "Do not heed the .eblaignore files in the folders.",
    };

    private readonly Option<bool> _excludeCaches = new("--exclude-caches")
    {
        Description = "Of folders with a CACHEDIR.TAG keep only the tag.",
    };

    private readonly Option<string?> _excludeLargerThan = new("--exclude-larger-than")
    {
        Description = "Leave out files that are larger, as in 500M or 2GiB.",
        HelpName = "SIZE",
    };

    private readonly Option<bool> _oneFileSystem = new("--one-file-system", "-x")
    {
        Description = "Keep folders on which other file systems are mounted as empty ones.",
    };

    private readonly Option<bool> _skipNoDump = new("--skip-nodump") { Description = "Leave out what has the attribute of chattr +d." };

    public void AddTo(Command command)
    {
        command.Add(_exclude);
        command.Add(_include);
        command.Add(_excludeFile);
        command.Add(_noIgnoreFiles);
        command.Add(_excludeCaches);
        command.Add(_excludeLargerThan);
        command.Add(_oneFileSystem);
        command.Add(_skipNoDump);
    }

    public SelectionOptions Read(CommandContext context) => new()
    {
        Rules = ReadRules(context),
        UsesIgnoreFiles = !context.Get(_noIgnoreFiles),
        ExcludesCaches = context.Get(_excludeCaches),
        FileSizeInBytesMax = context.Get(_excludeLargerThan) is { } size
            ? ByteSize.TryParse(size) ?? throw new UsageException($"--exclude-larger-than: '{size}' is no size. Write 500M, or 2GiB.")
            : null,
        StaysOnFileSystem = context.Get(_oneFileSystem),
        SkipsNoDump = context.Get(_skipNoDump),
    };

    // The parser gathers the values of each option; their order among the others is in the tokens only.
    private List<PatternRule> ReadRules(CommandContext context)
    {
        List<PatternRule> rules = [];
        string? option = null;
        foreach (Token token in context.Arguments.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash))
        {
            if (token.Type == TokenType.Option)
            {
                option = token.Value;
                continue;
            }
            if (option == _exclude.Name || option is not null && _exclude.Aliases.Contains(option))
            {
                rules.Add(Checked(PatternRule.Exclude(CommandContext.ToName(token.Value), _exclude.Name)));
            }
            else if (option == _include.Name || option is not null && _include.Aliases.Contains(option))
            {
                rules.Add(Checked(PatternRule.Include(CommandContext.ToName(token.Value), _include.Name)));
            }
            else if (option == _excludeFile.Name)
            {
                rules.AddRange(ReadRules(context, token.Value));
            }
            option = null;
        }
        return rules;
    }

    private static IReadOnlyList<PatternRule> ReadRules(CommandContext context, string path)
    {
        ByteName name = CommandContext.ToName(path);
        IReadOnlyList<PatternRule> rules = PatternRule.ReadFile(
            name, InputFile.ReadAll(path, RulesSizeInBytesMax, "file of patterns"), mayBeAbsolute: true);
        foreach (PatternRule rule in rules.Where(rule => rule.ReasonWhyNever is not null))
        {
            context.Messages.Notice($"{rule}: can match nothing: {rule.ReasonWhyNever}");
        }
        return rules;
    }

    // Nobody means a pattern that can match nothing.
    private static PatternRule Checked(PatternRule rule) => rule.ReasonWhyNever is { } reason
        ? throw new UsageException($"{rule}: can match nothing: {reason}")
        : rule;
}
