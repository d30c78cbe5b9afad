using Ebla.Indexing;
using Ebla.Keys;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Tests.Packs;

namespace Ebla.Tests.Indexing;

/// <summary>Packs that exist only in the catalog, and what a run of them must say.</summary>
internal sealed class RunFixture
{
    private static readonly Lazy<byte[][]> Sealings = new(() =>
        [.. Enumerable.Range(0, 4).Select(_ =>
        {
            using Sealing sealing = PackFixture.Keys.Ring.NewSealing();
            return sealing.Entry.ToArray();
        })]);

    /// <summary>Every copy of every blob: pack, offset, place, length code, links.</summary>
    public Dictionary<BlobId, List<Copy>> Model { get; } = [];

    public List<IndexedPack> Packs { get; } = [];

    public static RunFixture Create(int seed, int packCount, Func<Random, BlobId> nextId)
    {
        RunFixture fixture = new();
        Random random = new(seed);
        for (int i = 0; i < packCount; i++)
        {
            fixture.AddPack(random, nextId);
        }
        return fixture;
    }

    public static BlobId RandomId(Random random)
    {
        byte[] bytes = new byte[Hash256.SizeInBytes];
        random.NextBytes(bytes);
        return BlobId.Read(bytes);
    }

    /// <summary>A pack with these frames; each is its kind and its blobs.</summary>
    public IndexedPack AddPack(params (FrameKind Kind, List<FrameBlob> Blobs)[] frames)
    {
        int seed = Packs.Count;
        ObjectId id = ObjectId.Read(PackFixture.Noise(seed + frames[0].Blobs[0].Id.GetHashCode(), Hash256.SizeInBytes));
        List<FrameRecord> records = [];
        HashSet<int> used = [];
        long offset = PackCodec.FramesOffset;
        foreach ((FrameKind kind, List<FrameBlob> blobs) in frames)
        {
            int sealing = records.Count % Sealings.Value.Length;
            used.Add(sealing);
            FrameRecord record = FrameRecord.Read(PackFixture.RecordOf(
                kind, SealingEntry.Read(Sealings.Value[sealing]).Id, PackFixture.Keys.Member.Id, blobs));
            for (int place = 0; place < blobs.Count; place++)
            {
                if (!Model.TryGetValue(blobs[place].Id, out List<Copy>? copies))
                {
                    Model.Add(blobs[place].Id, copies = []);
                }
                copies.Add(new Copy(
                    id, offset, place, record.GetLengthCode(place), kind, sealing, [.. blobs[place].Links]));
            }
            records.Add(record);
            offset += record.StoredSizeInBytes;
        }
        byte[] directory = PackDirectory.Encode(
            [.. used.Order().Select(sealing => (ReadOnlyMemory<byte>)Sealings.Value[sealing])], records);
        IndexedPack pack = new(id, offset + 5000, PackDirectory.Read(directory));
        Packs.Add(pack);
        return pack;
    }

    private void AddPack(Random random, Func<Random, BlobId> nextId)
    {
        List<(FrameKind, List<FrameBlob>)> frames = [];
        for (int frame = random.Next(1, 6); frame > 0; frame--)
        {
            FrameKind kind = random.Next(2) == 0 ? FrameKind.File : FrameKind.Tree;
            List<FrameBlob> blobs = [];
            for (int blob = random.Next(1, 60); blob > 0; blob--)
            {
                ShortId[] links = kind == FrameKind.Tree ? PackFixture.Links(random.Next(), random.Next(4)) : [];
                blobs.Add(new FrameBlob(nextId(random), random.Next(1, 100_000), links));
            }
            frames.Add((kind, blobs));
        }
        _ = AddPack([.. frames]);
    }

    public static ReadOnlySpan<byte> SealingOf(int sealing) => Sealings.Value[sealing];

    /// <summary>One stored copy of a blob.</summary>
    public sealed record Copy(
        ObjectId Pack, long Offset, int Place, ushort LengthCode, FrameKind Kind, int Sealing, ShortId[] Links)
    {
        public string Key => $"{Pack} {Offset} {Place} {LengthCode} {Kind} {string.Join(' ', Links.Select(link => link.Value))}";
    }
}
