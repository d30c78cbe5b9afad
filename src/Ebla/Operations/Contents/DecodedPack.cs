using System.Text.Json.Nodes;
using Ebla.Indexing;
using Ebla.Packs;
using Ebla.Primitives;

namespace Ebla.Operations.Contents;

/// <summary>Pack directories and index segments as JSON.</summary>
internal static class DecodedPack
{
    public static JsonObject Of(ObjectId segment, IReadOnlyList<IndexedPack> packs) => new()
    {
        ["id"] = segment.ToString(),
        ["packs"] = new JsonArray([.. packs.Select(Of)]),
    };

    public static JsonObject Of(IndexedPack pack)
    {
        JsonArray frames = [];
        long offset = PackCodec.FramesOffset;
        foreach (FrameRecord record in pack.Directory.Frames)
        {
            frames.Add((JsonNode)Of(record, offset));
            offset += record.StoredSizeInBytes;
        }
        return new JsonObject
        {
            ["id"] = pack.Id.ToString(),
            ["bytes"] = pack.SizeInBytes,
            ["sealings"] = pack.Directory.SealingEntries.Count,
            ["frames"] = frames,
        };
    }

    private static JsonObject Of(FrameRecord record, long offset)
    {
        JsonArray blobs = [];
        for (int place = 0; place < record.BlobCount; place++)
        {
            JsonObject blob = new()
            {
                ["id"] = record.GetBlobId(place).ToString(),
                ["bytes_rounded"] = PadmeCode.Decode(record.GetLengthCode(place)),
            };
            if (record.Kind == FrameKind.Tree)
            {
                blob["links"] = new JsonArray([.. record.LinksOf(place).Select(link => JsonValue.Create($"{link.Value:x32}"))]);
            }
            blobs.Add((JsonNode)blob);
        }
        return new JsonObject
        {
            ["kind"] = record.Kind == FrameKind.Tree ? "tree" : "file",
            ["offset"] = offset,
            ["bytes_stored"] = record.StoredSizeInBytes,
            ["sealing"] = record.SealingId.ToString(),
            ["number"] = record.Number,
            ["writer"] = record.Writer.ToString(),
            ["ciphertext_hash"] = record.CiphertextHash.ToString(),
            ["blobs"] = blobs,
        };
    }
}
