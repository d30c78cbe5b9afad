namespace Ebla.Encryption;

/// <summary>
/// Where keys and salts come from. Only the tests of fixed vectors use anything but <see cref="SystemEntropy"/>.
/// </summary>
internal interface IEntropy
{
    /// <summary>Fills <paramref name="destination"/> with random bytes. Safe for concurrent calls.</summary>
    void Fill(Span<byte> destination);
}
