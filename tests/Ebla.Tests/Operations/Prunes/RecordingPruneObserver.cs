using System.Collections.Concurrent;
using Ebla.Operations.Prunes;

namespace Ebla.Tests.Operations.Prunes;

internal sealed class RecordingPruneObserver : IPruneObserver
{
    public ConcurrentQueue<string> Notices { get; } = [];

    public ConcurrentQueue<string> Problems { get; } = [];

    public void Doing(string what)
    {
    }

    public void Notice(string message) => Notices.Enqueue(message);

    public void Problem(string message) => Problems.Enqueue(message);
}
