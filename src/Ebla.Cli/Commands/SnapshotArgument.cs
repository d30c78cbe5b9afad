using System.CommandLine;
using Ebla.Cli.Invocation;
using Ebla.Operations;

namespace Ebla.Cli.Commands;

/// <summary>The argument SNAPSHOT[:PATH] of several commands.</summary>
internal static class SnapshotArgument
{
    public static Argument<string> Create(string what) => new("SNAPSHOT[:PATH]")
    {
        Description = $"{what} 'latest', 'latest:HOST', or the first digits of a snapshot's id; with an absolute path "
            + "behind a colon, only that place in it.",
    };

    public static SnapshotPath Parse(string argument) => SnapshotPath.Parse(CommandContext.ToName(argument));
}
