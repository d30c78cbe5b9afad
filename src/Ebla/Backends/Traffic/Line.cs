namespace Ebla.Backends.Traffic;

/// <summary>What all requests of a run share: the pace at which bytes may go out and come in. Safe for concurrent use.</summary>
/// <remarks>A store calls it for each part of a body, of some 16 to 256 KiB, before sending it and after receiving it.</remarks>
public sealed class Line(LineLimits limits, TimeProvider time)
{
    private readonly Pace _up = new(limits.UploadBytesPerSecond, time);
    private readonly Pace _down = new(limits.DownloadBytesPerSecond, time);

    /// <summary>The limits in force.</summary>
    public LineLimits Limits { get; } = limits;

    /// <summary>Returns when so many bytes may be sent.</summary>
    public ValueTask SendAsync(int sizeInBytes, CancellationToken cancellationToken) => _up.TakeAsync(sizeInBytes, cancellationToken);

    /// <summary>Returns when so many bytes more may be taken.</summary>
    public ValueTask ReceiveAsync(int sizeInBytes, CancellationToken cancellationToken)
        => _down.TakeAsync(sizeInBytes, cancellationToken);

    /// <summary>Watches a request that begins now.</summary>
    internal StallGuard Watch(CancellationToken cancellationToken) => new(this, time, cancellationToken);
}
