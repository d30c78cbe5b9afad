namespace Ebla.Cli.Invocation;

/// <summary>The command was not given as it should be. The message says what to do.</summary>
internal sealed class UsageException(string message) : Exception(message);
