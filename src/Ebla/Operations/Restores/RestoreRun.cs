using System.Threading.Channels;
using Ebla.Backends;
using Ebla.Indexing;
using Ebla.Keys;
using Ebla.Operations.Restores.Fetching;
using Ebla.Operations.Restores.Planning;
using Ebla.Operations.Restores.Writing;
using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Restores;

/// <summary>What the parts of one restore share.</summary>
internal sealed record RestoreRun
{
    public required RestoreOptions Options { get; init; }

    public required IBackend Backend { get; init; }

    public required UnlockedKeys Keys { get; init; }

    public required BlobIndex Index { get; init; }

    public required TreeReader Trees { get; init; }

    public required TargetTree Target { get; init; }

    public required LinkedFiles Links { get; init; }

    public required FileWriter Files { get; init; }

    public required DamagedCopies Damaged { get; init; }

    public required NodeMetadata Metadata { get; init; }

    public required RestoreReport Report { get; init; }

    public required RestoreCounters Counters { get; init; }

    public required ChannelWriter<FrameFetch> Fetches { get; init; }

    public required CancellationToken CancellationToken { get; init; }

    /// <summary>Tells the observer of a dry run what would be done.</summary>
    public void Tell(RestoreDirectory directory, ByteName name, RestoreAction action)
    {
        if (Options.DryRun)
        {
            Report.Planned(directory.PathOf(name), action);
        }
    }

    /// <summary>An entry that the overwrite rule leaves as it is.</summary>
    public void Leave(RestoreDirectory directory, ByteName name)
    {
        Counters.CountLeft();
        Tell(directory, name, RestoreAction.Leave);
    }
}
