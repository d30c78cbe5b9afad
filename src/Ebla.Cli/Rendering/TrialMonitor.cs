using Ebla.Cli.Invocation;
using Ebla.Operations.Trials;

namespace Ebla.Cli.Rendering;

/// <summary>Shows how the trials of a store go.</summary>
internal sealed class TrialMonitor(Messages messages) : ITrialObserver
{
    private volatile string _current = "";

    public bool HasLeftSomething { get; private set; }

    public void Started(string name) => _current = name;

    public void Found(TrialFinding finding)
    {
        if (finding.Verdict == TrialVerdict.DoesNotHold)
        {
            messages.Problem($"{finding.Name}: {SafeText.ForTerminal(finding.Found)}");
        }
    }

    public void Left(string what)
    {
        HasLeftSomething = true;
        messages.Problem($"left behind: {SafeText.ForTerminal(what)}");
    }

    public IReadOnlyList<string> Lines() => [$"trying: {_current} ..."];
}
