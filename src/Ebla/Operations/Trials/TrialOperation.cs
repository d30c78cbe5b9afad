using Ebla.Backends;
using Ebla.Primitives;

namespace Ebla.Operations.Trials;

/// <summary>Tries whether a store keeps what <see cref="IBackend"/> promises, in scratch places that it removes again.</summary>
public static class TrialOperation
{
    // A line may break once by chance; what breaks twice in a row is found broken.
    private const int AttemptsMax = 2;

    // After ^C somebody waits.
    private static readonly TimeSpan RemovalTimeMax = TimeSpan.FromMinutes(1);

    /// <summary>Runs all trials. That a promise is broken is a finding, never an exception.</summary>
    /// <param name="open">
    /// Opens a store, without any decorator, at a scratch place of this name ("1", "2" ...), where nothing may be. Called several times
    /// for a place: each time somebody else uses it.
    /// </param>
    /// <param name="options">How much is tried.</param>
    /// <param name="observer">Told how it goes.</param>
    /// <param name="cancellationToken">Cancels the trials; what was put is removed even so.</param>
    /// <exception cref="EblaException">The store does not let us in or does not answer at all: there is nothing to try.</exception>
    public static async Task<TrialResult> RunAsync(
        Func<string, IBackend> open, TrialOptions options, ITrialObserver observer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(open);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(observer);
        TrialGround ground = new(open, options);
        List<TrialFinding> findings = [];
        IReadOnlyList<string> left = [];
        try
        {
            // Wrong credentials are not a weak store.
            _ = await ground.Main.Writer.ReadHeaderAsync(cancellationToken).ConfigureAwait(false);
            Trial? missingBasis = null;
            foreach (Trial trial in options.Trials)
            {
                observer.Started(trial.Name);
                TrialFinding finding = missingBasis is null
                    ? await RunAsync(trial, ground, cancellationToken).ConfigureAwait(false)
                    : new TrialFinding(
                        trial.Name, TrialVerdict.CannotBeSeen, trial.IsNeeded, $"not tried, as '{missingBasis.Name}' does not hold", default);
                if (trial.IsBasis && finding.Verdict == TrialVerdict.DoesNotHold)
                {
                    missingBasis ??= trial;
                }
                findings.Add(finding);
                observer.Found(finding);
            }
        }
        finally
        {
            using CancellationTokenSource limit = new(RemovalTimeMax, options.Time);
            left = await ground.RemoveAsync(limit.Token).ConfigureAwait(false);
            foreach (string what in left)
            {
                observer.Left(what);
            }
        }
        return new TrialResult { Findings = findings, Measures = ground.Measures, Left = left };
    }

    private static async Task<TrialFinding> RunAsync(Trial trial, TrialGround ground, CancellationToken cancellationToken)
    {
        long start = ground.Time.GetTimestamp();
        for (int attempt = 1; ; attempt++)
        {
            TrialOutcome outcome;
            try
            {
                outcome = await trial.RunAsync(ground, cancellationToken).ConfigureAwait(false);
            }
            catch (BrokenPromiseException exception)
            {
                outcome = new TrialOutcome(TrialVerdict.DoesNotHold, exception.Message);
            }
            catch (BackendException exception) when (exception.IsTransient && attempt < AttemptsMax)
            {
                await ground.CloseAsync().ConfigureAwait(false);
                continue;
            }
            catch (EblaException exception)
            {
                outcome = new TrialOutcome(TrialVerdict.DoesNotHold, exception.Message);
            }
            if (outcome.Verdict == TrialVerdict.DoesNotHold)
            {
                await ground.CloseAsync().ConfigureAwait(false);
            }
            return new TrialFinding(trial.Name, outcome.Verdict, trial.IsNeeded, outcome.Found, ground.Time.GetElapsedTime(start));
        }
    }
}
