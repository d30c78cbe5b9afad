using System.Security.Cryptography;
using Ebla.Backends;
using Ebla.Primitives;

namespace Ebla.Operations.Trials;

/// <summary>What the trials work on: scratch places, fresh objects, and how much to do.</summary>
internal sealed class TrialGround(Func<string, IBackend> open, TrialOptions options)
{
    private readonly List<TrialPlace> _places = [];
    private TrialPlace? _main;
    private int _seed = RandomNumberGenerator.GetInt32(int.MaxValue / 2);

    public TrialOptions Options { get; } = options;

    public TimeProvider Time => Options.Time;

    /// <summary>Filled by the trials that measure.</summary>
    public TrialMeasures Measures { get; set; } = new();

    /// <summary>Where most trials work.</summary>
    public TrialPlace Main => _main ??= NewPlace();

    /// <summary>One of two numbers: the first if the trials are to be quick.</summary>
    public int Choose(int quick, int otherwise) => Options.IsQuick ? quick : otherwise;

    /// <summary>A place that nobody used before.</summary>
    public TrialPlace NewPlace()
    {
        string name = $"{_places.Count + 1}";
        TrialPlace place = new(() => open(name));
        _places.Add(place);
        return place;
    }

    /// <summary>An object that nobody put before.</summary>
    public TrialObject NewObject(int sizeInBytes, ObjectKind kind = ObjectKind.Pack)
        => TrialObject.Create(Interlocked.Increment(ref _seed), sizeInBytes, kind);

    /// <summary>Closes all connections. They are opened again when they are used.</summary>
    public async ValueTask CloseAsync()
    {
        foreach (TrialPlace place in _places)
        {
            await place.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Removes all places.</summary>
    /// <returns>What could not be removed.</returns>
    public async Task<IReadOnlyList<string>> RemoveAsync(CancellationToken cancellationToken)
    {
        List<string> left = [];
        foreach (TrialPlace place in _places)
        {
            left.AddRange(await place.RemoveAsync(cancellationToken).ConfigureAwait(false));
        }
        return left;
    }
}
