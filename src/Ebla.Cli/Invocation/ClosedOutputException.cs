namespace Ebla.Cli.Invocation;

/// <summary>Nobody reads standard output any more, as in <c>ebla ls latest | head</c>.</summary>
internal sealed class ClosedOutputException() : IOException("Standard output was closed.");
