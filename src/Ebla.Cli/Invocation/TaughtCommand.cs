using System.CommandLine;

namespace Ebla.Cli.Invocation;

/// <summary>A command whose help shows how it is used.</summary>
internal sealed class TaughtCommand(string name, string description, string examples, string? codes = null)
    : Command(name, description)
{
    /// <summary>Command lines, each with a remark.</summary>
    public string Examples { get; } = examples;

    /// <summary>The exit codes that mean something of this command's own.</summary>
    public string? Codes { get; } = codes;
}
