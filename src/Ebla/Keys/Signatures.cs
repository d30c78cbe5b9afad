using Ebla.Encryption;
using Ebla.Hashing;
using Ebla.Primitives;

namespace Ebla.Keys;

/// <summary>
/// What is signed: "ebla/1 sig ", the kind, the repository id, the BLAKE3 of the body (docs/format.md, "Signatures").
/// </summary>
internal static class Signatures
{
    public const int KindLengthMax = 32;

    public static byte[] Sign(Ed25519Key key, RepositoryId repository, string kind, ReadOnlySpan<byte> body)
        => key.Sign(Message(repository, kind, body));

    public static bool Verify(
        RepositoryId repository,
        ReadOnlySpan<byte> publicKey,
        string kind,
        ReadOnlySpan<byte> body,
        ReadOnlySpan<byte> signature)
        => Ed25519Key.Verify(publicKey, Message(repository, kind, body), signature);

    private static byte[] Message(RepositoryId repository, string kind, ReadOnlySpan<byte> body)
    {
        Invariant.Check(kind.Length is > 0 and <= KindLengthMax);
        Invariant.Check(kind.All(letter => letter is (>= 'a' and <= 'z') or '-'));
        InfoWriter message = new(stackalloc byte[InfoWriter.SizeInBytesMax]);
        message.Add("ebla/1 sig ");
        message.Add(kind);
        message.Add(repository);
        message.Add(Blake3.Hash(body));
        return message.Written.ToArray();
    }
}
