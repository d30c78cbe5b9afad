using System.Security.Cryptography;

namespace Ebla.Encryption;

/// <summary>Secret bytes in memory that the garbage collector does not move, zeroed on <see cref="Dispose"/>.</summary>
internal sealed class SecretBytes(int length) : IDisposable
{
    private byte[]? _bytes = GC.AllocateArray<byte>(length, pinned: true);

    public static SecretBytes CopyOf(ReadOnlySpan<byte> bytes)
    {
        SecretBytes secret = new(bytes.Length);
        bytes.CopyTo(secret.Span);
        return secret;
    }

    public static SecretBytes Random(IEntropy entropy, int length)
    {
        SecretBytes secret = new(length);
        entropy.Fill(secret.Span);
        return secret;
    }

    public int Length => length;

    public Span<byte> Span => _bytes ?? throw new ObjectDisposedException(nameof(SecretBytes));

    public Memory<byte> Memory => _bytes ?? throw new ObjectDisposedException(nameof(SecretBytes));

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _bytes, null) is { } bytes)
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
