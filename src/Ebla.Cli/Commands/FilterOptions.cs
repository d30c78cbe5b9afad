using System.CommandLine;
using Ebla.Cli.Invocation;
using Ebla.Operations;
using Ebla.Operations.Copies;
using Ebla.Primitives;

namespace Ebla.Cli.Commands;

/// <summary>The options that say which snapshots are meant, where several may be.</summary>
internal sealed class FilterOptions
{
    private readonly Option<string[]> _hosts = new("--host")
    {
        Description = "Only snapshots of this machine; of any of them, if given several times.",
        HelpName = "NAME",
    };

    private readonly Option<string[]> _tags = new("--tag")
    {
        Description = "Only snapshots with this tag, or any of them.",
        HelpName = "TAG",
    };

    private readonly Option<string[]> _paths = new("--path")
    {
        Description = "Only snapshots for which this absolute path was named, or any of them.",
        HelpName = "PATH",
    };

    public void AddTo(Command command)
    {
        command.Add(_hosts);
        command.Add(_tags);
        command.Add(_paths);
    }

    public SnapshotFilter Read(CommandContext context) => new()
    {
        Hosts = [.. context.GetNames(_hosts).Select(CommandContext.ToName)],
        Tags = context.GetTexts(_tags),
        Paths = [.. context.GetNames(_paths).Select(AbsolutePath)],
    };

    // As it stands in the snapshot. A relative one would match nothing, and a forget or copy by it do nothing without a word.
    private static ByteName AbsolutePath(string path) => path[0] == '/'
        ? CommandContext.ToName(path.TrimEnd('/') is { Length: > 0 } trimmed ? trimmed : "/")
        : throw new UsageException($"--path takes an absolute path, as 'ebla snapshots' shows it: not '{path}'.");

    public CopyOptions Apply(CommandContext context, CopyOptions options)
    {
        SnapshotFilter filter = Read(context);
        return options with { Hosts = filter.Hosts, Tags = filter.Tags, Paths = filter.Paths };
    }
}
