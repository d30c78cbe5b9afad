using System.Buffers;
using System.Security.Cryptography;
using Amazon.S3.Model;

namespace Ebla.Backends.S3;

/// <summary>What the server checks a body against.</summary>
/// <param name="Md5">Every server checks Content-MD5; the newer checksums only AWS does.</param>
/// <param name="Sha256Hex">Signed instead of TLS protecting the body; null if not asked for.</param>
internal sealed record BodyDigest(byte[] Md5, string? Sha256Hex)
{
    public string Md5Base64 => Convert.ToBase64String(Md5);

    public static BodyDigest Of(ReadOnlySequence<byte> content, bool isSigned)
    {
#pragma warning disable CA5351 // Against accidents, since that is what the protocol has. Forgery is what TLS and the signature are for.
        using IncrementalHash md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
        using IncrementalHash? sha256 = isSigned ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
        foreach (ReadOnlyMemory<byte> segment in content)
        {
            md5.AppendData(segment.Span);
            sha256?.AppendData(segment.Span);
        }
        return new BodyDigest(md5.GetHashAndReset(), sha256 is null ? null : Convert.ToHexStringLower(sha256.GetHashAndReset()));
    }

    /// <summary>Whether the server stored these bytes, as far as it tells. An ETag is the MD5 unless the server encrypts.</summary>
    public bool Fits(PutObjectResponse response)
    {
        string etag = (response.ETag ?? "").Trim('"');
        bool isMd5 = etag.Length == 2 * MD5.HashSizeInBytes && etag.All(char.IsAsciiHexDigit)
            && string.IsNullOrEmpty(response.ServerSideEncryptionMethod?.Value);
        return !isMd5 || etag.Equals(Convert.ToHexStringLower(Md5), StringComparison.OrdinalIgnoreCase);
    }
}
