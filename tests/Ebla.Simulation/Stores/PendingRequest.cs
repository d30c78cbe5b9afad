using Ebla.Simulation.Scheduling;

namespace Ebla.Simulation.Stores;

/// <summary>A request on its way: its effect on the store, and the answer.</summary>
internal sealed class PendingRequest
{
    private Happening? _effect;

    public bool IsEffective { get; set; }

    public Action Effect { get; set; } = static () => { };

    public required Scheduler Scheduler { get; init; }

    public required TimeSpan LateMax { get; init; }

    public void EffectAfter(TimeSpan delay) => _effect = Scheduler.After(delay, null, Apply);

    /// <summary>Nobody waits any more: it never happens, happens as it would have, or much later.</summary>
    public void Abandon(Chance chance)
    {
        if (IsEffective || _effect is null)
        {
            return;
        }
        switch (chance.Below(3))
        {
            case 0:
                _effect.Cancel();
                break;
            case 1:
                _effect.Cancel();
                _ = Scheduler.After(chance.Time(TimeSpan.FromMilliseconds(1), LateMax), null, Apply);
                break;
            default:
                break;
        }
    }

    private void Apply()
    {
        IsEffective = true;
        Effect();
    }
}
