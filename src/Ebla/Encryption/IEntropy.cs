namespace Ebla.Encryption;

/// <summary>
/// Where keys, salts, nonces and ids come from. Only the tests of fixed vectors and the simulator use anything but
/// <see cref="SystemEntropy"/>.
/// </summary>
internal interface IEntropy
{
    /// <summary>Fills <paramref name="destination"/> with random bytes. Safe for concurrent calls.</summary>
    void Fill(Span<byte> destination);
}
