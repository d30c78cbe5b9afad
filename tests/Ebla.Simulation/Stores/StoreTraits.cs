using Ebla.Simulation.Scheduling;

namespace Ebla.Simulation.Stores;

/// <summary>How a store of one run behaves.</summary>
internal sealed record StoreTraits
{
    /// <summary>Shortest time of an answer.</summary>
    public TimeSpan DelayMin { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Longest time of an answer.</summary>
    public TimeSpan DelayMax { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest time until something takes effect whose asker heard of a failure, or is dead.</summary>
    public TimeSpan LateMax { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How often a request fails before it does anything.</summary>
    public double LostRequests { get; init; }

    /// <summary>How often a request fails although it did its work.</summary>
    public double LostAnswers { get; init; }

    /// <summary>How often a request fails and does its work later.</summary>
    public double LateEffects { get; init; }

    /// <summary>Which share of objects can be seen before they are flushed.</summary>
    public double SeenUnflushed { get; init; } = 0.5;

    /// <summary>Which share of deletions waits for a flush.</summary>
    public double WaitingDeletes { get; init; } = 0.3;

    /// <summary>So old an object must be before a listing is sure to show it.</summary>
    public TimeSpan ListLag { get; init; }

    public bool CanDelete { get; init; } = true;

    /// <summary>Whether requests fail for no fault of the caller.</summary>
    public bool HasErrors => LostRequests + LostAnswers + LateEffects > 0;

    public static StoreTraits Of(Chance chance)
    {
        bool hasErrors = chance.Happens(0.6);
        double rate = hasErrors ? chance.Fraction() * 0.04 : 0;
        TimeSpan delayMax = chance.Time(TimeSpan.FromMilliseconds(2), TimeSpan.FromMinutes(2));
        return new StoreTraits
        {
            DelayMin = TimeSpan.FromMilliseconds(1),
            DelayMax = delayMax,
            LateMax = chance.Time(delayMax, TimeSpan.FromDays(400)),
            LostRequests = rate,
            LostAnswers = rate * chance.Fraction(),
            LateEffects = rate * chance.Fraction(),
            SeenUnflushed = chance.Pick([0.0, 0.5, 1.0]),
            WaitingDeletes = chance.Pick([0.0, 0.3, 1.0]),
            CanDelete = !chance.Happens(0.1),
            ListLag = chance.Happens(0.15) ? chance.Time(delayMax, 100 * delayMax) : TimeSpan.Zero,
        };
    }

    public override string ToString()
        => $"delays to {DelayMax}, late to {LateMax}, lost requests {LostRequests:0.000}, lost answers {LostAnswers:0.000}, "
            + $"late effects {LateEffects:0.000}, seen unflushed {SeenUnflushed}, list lag {ListLag}, {(CanDelete ? "deletes" : "append-only")}";
}
