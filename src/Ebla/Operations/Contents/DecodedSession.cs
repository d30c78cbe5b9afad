using System.Text.Json.Nodes;
using Ebla.Hashing;
using Ebla.Primitives;
using Ebla.Sessions;

namespace Ebla.Operations.Contents;

/// <summary>Session and condemned records as JSON.</summary>
internal static class DecodedSession
{
    public static JsonObject Of(ObjectId id, SessionRecord record)
    {
        JsonObject json = new()
        {
            ["id"] = id.ToString(),
            ["type"] = record.Type switch
            {
                SessionRecordType.Announcement => "announcement",
                SessionRecordType.Heartbeat => "heartbeat",
                SessionRecordType.Intent => "intent",
                SessionRecordType.Fence => "fence",
                _ => "ended",
            },
            ["session"] = record.Session.ToString(),
            ["writer"] = record.Writer.ToString(),
            ["number"] = record.Number,
        };
        if (record.Type == SessionRecordType.Intent)
        {
            json["snapshot"] = Blake3.Hash(record.Snapshot.Span).ToString();
        }
        return json;
    }

    public static JsonObject OfCondemned(ObjectId id, IReadOnlyList<ObjectId> packs, IReadOnlyList<ObjectId> snapshots) => new()
    {
        ["id"] = id.ToString(),
        ["packs"] = new JsonArray([.. packs.Select(pack => JsonValue.Create(pack.ToString()))]),
        ["snapshots"] = new JsonArray([.. snapshots.Select(snapshot => JsonValue.Create(snapshot.ToString()))]),
    };
}
