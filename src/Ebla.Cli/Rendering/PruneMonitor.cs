using Ebla.Cli.Invocation;
using Ebla.Operations.Prunes;

namespace Ebla.Cli.Rendering;

/// <summary>Shows what a running prune does.</summary>
internal sealed class PruneMonitor(Messages messages) : IPruneObserver
{
    private volatile string _doing = "beginning ...";

    void IPruneObserver.Doing(string what) => _doing = what;

    void IPruneObserver.Notice(string message) => messages.Notice($"note: {message}");

    void IPruneObserver.Problem(string message) => messages.Problem(message);

    public IReadOnlyList<string> Lines() => [_doing];
}
