using Ebla.Hashing;
using Ebla.Primitives;

namespace Ebla.Keys;

/// <summary>An object that is an object header and one signed box: index segments, session records, notes.</summary>
internal static class SignedObject
{
    /// <summary>A new object with this body, and its name.</summary>
    public static (ObjectName Name, byte[] Content) Seal(
        UnlockedKeys keys, ObjectKind kind, string signatureKind, ReadOnlySpan<byte> body)
    {
        byte[] header = ObjectHeader.Create(keys, kind);
        byte[] content = [.. header, .. SignedBox.Seal(keys, kind, signatureKind, header, body)];
        return (new ObjectName(kind, new ObjectId(Blake3.Hash(content))), content);
    }

    /// <summary>The body of an object whose hash has been checked against its name.</summary>
    /// <exception cref="CorruptDataException">Not such an object, or not signed by a member.</exception>
    public static byte[] Open(
        UnlockedKeys keys, ObjectKind kind, string signatureKind, ReadOnlySpan<byte> content, int bodySizeInBytesMax)
        => Open(keys, kind, signatureKind, content, bodySizeInBytesMax, out _);

    /// <summary>As the other; also tells who signed.</summary>
    public static byte[] Open(
        UnlockedKeys keys, ObjectKind kind, string signatureKind, ReadOnlySpan<byte> content, int bodySizeInBytesMax,
        out MemberId signer)
    {
        ReadOnlySpan<byte> header = ObjectHeader.Check(keys, kind, content);
        return SignedBox.Open(keys, kind, signatureKind, header, content[header.Length..], bodySizeInBytesMax, out signer);
    }
}
