using System.Text.Json.Nodes;
using Ebla.Notes;
using Ebla.Primitives;

namespace Ebla.Operations.Contents;

/// <summary>A note as JSON.</summary>
internal static class DecodedNote
{
    public static JsonObject Of(ObjectId id, Note note, MemberId signer)
    {
        JsonObject json = new()
        {
            ["id"] = id.ToString(),
            ["type"] = note.Type switch
            {
                NoteType.Forgotten => "forgotten",
                NoteType.Pinned => "pinned",
                NoteType.Withdrawn => "withdrawn",
                NoteType.Removed => "removed",
                _ => "policy",
            },
            ["signer"] = signer.ToString(),
            ["number"] = note.Number,
        };
        switch (note.Type)
        {
            case NoteType.Forgotten:
                json["forgotten"] = ListOf(note.Forgotten, one => new JsonObject
                {
                    ["snapshot"] = one.Snapshot.ToString(),
                    ["writer"] = one.Writer.ToString(),
                    ["sequence"] = one.Sequence,
                });
                json["remaining"] = ListOf(note.Remaining, one => new JsonObject
                {
                    ["writer"] = one.Writer.ToString(),
                    ["snapshots"] = one.Count,
                });
                break;
            case NoteType.Pinned:
                json["pinned"] = ListOf(note.Pinned, one => JsonValue.Create(one.ToString()));
                break;
            case NoteType.Withdrawn:
                json["withdrawn"] = ListOf(note.Withdrawn, one => new JsonObject
                {
                    ["note"] = one.Note.ToString(),
                    ["snapshot"] = one.Snapshot.ToString(),
                });
                break;
            case NoteType.Removed:
                json["removed"] = ListOf(note.Removed, one => JsonValue.Create(one.ToString()));
                break;
            default:
                json["policy"] = Convert.ToHexStringLower(note.Policy.Span);
                break;
        }
        return json;
    }

    private static JsonArray ListOf<T>(IEnumerable<T> items, Func<T, JsonNode> encode) => [.. items.Select(encode)];
}
