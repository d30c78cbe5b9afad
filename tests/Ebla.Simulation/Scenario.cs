using Ebla.Repositories;
using Ebla.Simulation.Scheduling;
using Ebla.Simulation.Stores;

namespace Ebla.Simulation;

/// <summary>What a seed makes of a run: who takes part, how the store behaves, what goes wrong.</summary>
internal sealed record Scenario
{
    public required StoreTraits Traits { get; init; }

    public required int MachineCount { get; init; }

    public required int OperationsPerMachine { get; init; }

    public required bool HasRetries { get; init; }

    /// <summary>Whether snapshots are forgotten, and their space comes back.</summary>
    public required bool Prunes { get; init; }

    public required double Deaths { get; init; }

    public required double Sleeps { get; init; }

    public required double Interruptions { get; init; }

    public required TimeSpan CheckpointInterval { get; init; }

    public required UploadOptions Upload { get; init; }

    public static Scenario Of(Chance chance)
    {
        StoreTraits traits = StoreTraits.Of(chance.Fork("traits"));
        bool isRough = chance.Happens(0.7);
        return new Scenario
        {
            Traits = traits,
            MachineCount = chance.Between(2, 4),
            OperationsPerMachine = chance.Between(2, 5),
            HasRetries = chance.Happens(traits.HasErrors ? 0.8 : 0.3),
            Prunes = traits.CanDelete && chance.Happens(0.7),
            Deaths = isRough ? chance.Pick([0, 0.1, 0.4]) : 0,
            Sleeps = isRough ? chance.Pick([0, 0.1, 0.3]) : 0,
            Interruptions = isRough ? chance.Pick([0, 0.1]) : 0,
            CheckpointInterval = chance.Pick([TimeSpan.Zero, 4 * traits.DelayMax, 20 * traits.DelayMax]),
            Upload = new UploadOptions
            {
                PackSizeInBytes = chance.Pick([2_000, 8_000, 30_000]),
                FrameSizeInBytes = chance.Pick([1_000, 4_000]),
                SealerCount = chance.Between(1, 2),
                PutsInFlightMax = chance.Between(1, 3),
                HeartbeatInterval = chance.Time(5 * traits.DelayMax, 50 * traits.DelayMax),
            },
        };
    }

    public override string ToString()
        => $"{MachineCount} machines, {OperationsPerMachine} operations each, {(HasRetries ? "retries" : "no retries")}, {(Prunes ? "prunes, " : "")}"
            + $"deaths {Deaths}, sleeps {Sleeps}, interruptions {Interruptions}, packs {Upload.PackSizeInBytes}, frames {Upload.FrameSizeInBytes}, "
            + $"checkpoints {CheckpointInterval}; store: {Traits}";
}
