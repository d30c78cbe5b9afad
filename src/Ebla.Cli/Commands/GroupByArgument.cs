using System.CommandLine;
using Ebla.Cli.Invocation;
using Ebla.Notes;

namespace Ebla.Cli.Commands;

/// <summary>The option --group-by.</summary>
internal static class GroupByArgument
{
    public static Option<string?> Create() => new("--group-by")
    {
        Description = "What the snapshots of a group share: any of host,paths,tags, or none. Normally host,paths.",
        HelpName = "LIST",
    };

    public static RetentionGrouping Read(CommandContext context, Option<string?> option)
    {
        RetentionGrouping grouping = RetentionGrouping.None;
        string text = context.Get(option) ?? "host,paths";
        foreach (string word in text == "none" ? [] : text.Split(','))
        {
            grouping |= word switch
            {
                "host" => RetentionGrouping.Host,
                "paths" => RetentionGrouping.Paths,
                "tags" => RetentionGrouping.Tags,
                _ => throw new UsageException($"--group-by takes any of host,paths,tags with commas between them, or none: not '{text}'."),
            };
        }
        return grouping;
    }
}
