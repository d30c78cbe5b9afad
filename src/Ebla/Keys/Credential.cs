using System.Text;
using Ebla.Encryption;

namespace Ebla.Keys;

/// <summary>A password, a key file, or both, as the user gives them. The caller disposes.</summary>
public sealed class Credential : IDisposable
{
    /// <summary>The longest password, in bytes.</summary>
    public const int PasswordSizeInBytesMax = 4096;

    /// <summary>The smallest key file: it must hold at least 32 random bytes.</summary>
    public const int KeyFileSizeInBytesMin = 32;

    /// <summary>The largest key file: 1 MiB.</summary>
    public const int KeyFileSizeInBytesMax = 1 << 20;

    private readonly SecretBytes? _password;
    private readonly SecretBytes? _keyFile;

    private Credential(SecretBytes? password, SecretBytes? keyFile)
    {
        _password = password;
        _keyFile = keyFile;
    }

    /// <summary>What there is.</summary>
    public CredentialKinds Kinds =>
        (_password is null ? CredentialKinds.None : CredentialKinds.Password)
        | (_keyFile is null ? CredentialKinds.None : CredentialKinds.KeyFile);

    internal ReadOnlySpan<byte> Password => _password is null ? default : _password.Span;

    internal ReadOnlySpan<byte> KeyFile => _keyFile is null ? default : _keyFile.Span;

    /// <summary>A password: its UTF-8 bytes as they are, without normalisation.</summary>
    /// <exception cref="ArgumentException">It is empty or longer than <see cref="PasswordSizeInBytesMax"/>.</exception>
    public static Credential FromPassword(ReadOnlySpan<char> password) => new(PasswordBytes(password), null);

    /// <summary>A key file: all its bytes.</summary>
    /// <exception cref="ArgumentException">It is too small or too large.</exception>
    public static Credential FromKeyFile(ReadOnlySpan<byte> content) => new(null, KeyFileBytes(content));

    /// <summary>Both. Opens slots that need both, and slots that need either.</summary>
    /// <exception cref="ArgumentException">One of them is too small or too large.</exception>
    public static Credential FromPasswordAndKeyFile(ReadOnlySpan<char> password, ReadOnlySpan<byte> content)
        => new(PasswordBytes(password), KeyFileBytes(content));

    /// <inheritdoc/>
    public void Dispose()
    {
        _password?.Dispose();
        _keyFile?.Dispose();
    }

    private static SecretBytes PasswordBytes(ReadOnlySpan<char> password)
    {
        int length = Encoding.UTF8.GetByteCount(password);
        if (length is 0 or > PasswordSizeInBytesMax)
        {
            throw new ArgumentException($"A password has 1 to {PasswordSizeInBytesMax} bytes.", nameof(password));
        }
        SecretBytes bytes = new(length);
        _ = Encoding.UTF8.GetBytes(password, bytes.Span);
        return bytes;
    }

    private static SecretBytes KeyFileBytes(ReadOnlySpan<byte> content)
        => content.Length is >= KeyFileSizeInBytesMin and <= KeyFileSizeInBytesMax
            ? SecretBytes.CopyOf(content)
            : throw new ArgumentException(
                $"A key file has {KeyFileSizeInBytesMin} to {KeyFileSizeInBytesMax} bytes.", nameof(content));
}
