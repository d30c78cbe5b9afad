using System.Buffers;
using System.Text;
using Ebla.Encryption;
using Ebla.Keys;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Tests.Keys;

namespace Ebla.Tests.Packs;

/// <summary>Frames and packs with real keys.</summary>
internal static class PackFixture
{
    /// <summary>One set of keys for tests that only read them. Never disposed.</summary>
    public static UnlockedKeys Keys { get; } = NewKeys(CipherSuite.AesGcm);

    public static UnlockedKeys NewKeys(CipherSuite suite, string seed = "packs")
        => KeyFixture.Create(KeyFixture.KeyFileCredential, seed, suite).Keys;

    public static byte[] Noise(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static byte[] Text(int seed, int length)
    {
        Random random = new(seed);
        StringBuilder text = new();
        while (text.Length < length)
        {
            text.Append("line ").Append(random.Next(100)).Append(" of a file\n");
        }
        return Encoding.ASCII.GetBytes(text.ToString(0, length));
    }

    public static ShortId[] Links(int seed, int count)
    {
        byte[] bytes = Noise(seed, count * ShortId.SizeInBytes);
        return [.. Enumerable.Range(0, count).Select(i => ShortId.Read(bytes.AsSpan(i * ShortId.SizeInBytes)))];
    }

    public static FrameDraft Draft(UnlockedKeys keys, FrameKind kind, params byte[][] blobs)
    {
        FrameDraft draft = new(kind, FramePlaintext.BlobsSizeInBytesMax);
        for (int i = 0; i < blobs.Length; i++)
        {
            ShortId[] links = kind == FrameKind.Tree ? Links(i, i % 4) : [];
            if (!draft.TryAdd(FrameOpener.IdOf(keys, kind, blobs[i]), blobs[i], links))
            {
                throw new InvalidOperationException("The draft is full.");
            }
        }
        return draft;
    }

    public static SealedFrame Seal(UnlockedKeys keys, FrameKind kind, params byte[][] blobs)
    {
        using SealingSource sealings = new(keys.Ring);
        using FrameSealer sealer = new(keys, 3);
        using FrameDraft draft = Draft(keys, kind, blobs);
        return sealer.Seal(draft, sealings.Next());
    }

    /// <summary>A record of made-up blobs, with a made-up signature: its form is right.</summary>
    public static byte[] Record(FrameKind kind, int blobCount, int seed = 1, Func<int, BlobId>? idOf = null)
    {
        Hash256 sealing = Hash256.Read(Noise(seed, Hash256.SizeInBytes));
        List<FrameBlob> blobs = [];
        for (int i = 0; i < blobCount; i++)
        {
            BlobId id = idOf?.Invoke(i) ?? BlobId.Read(Noise(seed * 1000 + i, Hash256.SizeInBytes));
            blobs.Add(new FrameBlob(id, 1 + i * 977 % 5000, kind == FrameKind.Tree ? Links(seed + i, i % 3) : []));
        }
        MemberId writer = MemberId.Read(Noise(seed + 1, MemberId.SizeInBytes));
        return RecordOf(kind, sealing, writer, blobs);
    }

    public static byte[] RecordOf(FrameKind kind, Hash256 sealing, MemberId writer, IReadOnlyList<FrameBlob> blobs)
    {
        byte[] core = FrameRecord.EncodeCore(kind, 7, sealing, writer, blobs);
        int stored = FramePlaintext.TotalSize(blobs.Count, 5000) + Sealing.OverheadInBytes;
        return FrameRecord.Encode(core, stored, Hash256.Read(Noise(3, Hash256.SizeInBytes)), _ => Noise(4, 64));
    }

    public static (PackDraft Pack, byte[] Content, PackBuilder Builder) Build(UnlockedKeys keys, params SealedFrame[] frames)
    {
        PackBuilder builder = new(keys, new Stack<byte[]>());
        foreach (SealedFrame frame in frames)
        {
            builder.Add(frame);
        }
        PackDraft pack = builder.Complete();
        return (pack, pack.Content.ToArray(), builder);
    }
}
