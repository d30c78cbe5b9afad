using System.Collections.Concurrent;
using Ebla.Operations.Copies;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Tests.Operations.Copies;

/// <summary>Keeps what a copy tells.</summary>
internal sealed class RecordingCopyObserver : ICopyObserver
{
    public ConcurrentQueue<string> Problems { get; } = [];

    public ConcurrentQueue<string> Notices { get; } = [];

    public ConcurrentQueue<(StoredSnapshot Source, ObjectId? Copy)> Copies { get; } = [];

    public CopyCounters? Counters { get; private set; }

    public void Started(CopyCounters counters) => Counters = counters;

    public void Problem(string message) => Problems.Enqueue(message);

    public void Notice(string message) => Notices.Enqueue(message);

    public void Copied(StoredSnapshot source, ObjectId? copy) => Copies.Enqueue((source, copy));
}
