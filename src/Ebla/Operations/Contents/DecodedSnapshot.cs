using System.Text.Json.Nodes;
using Ebla.Repositories;
using Ebla.Snapshots;

namespace Ebla.Operations.Contents;

/// <summary>A snapshot as JSON.</summary>
internal static class DecodedSnapshot
{
    public static JsonObject Of(StoredSnapshot stored)
    {
        Snapshot snapshot = stored.Snapshot;
        JsonObject? origin = snapshot.Origin is not { } first ? null : new JsonObject
        {
            ["repository"] = first.Repository.ToString(),
            ["snapshot"] = first.Snapshot.ToString(),
        };
        return new JsonObject
        {
            ["id"] = stored.Id.ToString(),
            ["root"] = snapshot.Root.ToString(),
            ["writer"] = snapshot.Writer.ToString(),
            ["sequence"] = snapshot.Sequence,
            ["time"] = snapshot.Time.ToDateTimeOffset(),
            ["known"] = new JsonArray(
            [
                .. snapshot.Known.Select(known => new JsonObject
                {
                    ["writer"] = known.Writer.ToString(),
                    ["sequence"] = known.Sequence,
                    ["snapshot"] = known.Snapshot.ToString(),
                }),
            ]),
            ["is_partial"] = snapshot.IsPartial,
            ["host"] = snapshot.Host.ToString(),
            ["user"] = snapshot.User.ToString(),
            ["paths"] = new JsonArray([.. snapshot.Paths.Select(path => JsonValue.Create(path.ToString()))]),
            ["tags"] = new JsonArray([.. snapshot.Tags.Select(tag => JsonValue.Create(tag))]),
            ["description"] = snapshot.Description,
            ["program"] = snapshot.Program,
            ["summary"] = new JsonObject
            {
                ["files"] = snapshot.Summary.Files,
                ["directories"] = snapshot.Summary.Directories,
                ["others"] = snapshot.Summary.Others,
                ["bytes"] = snapshot.Summary.SizeInBytes,
                ["bytes_added"] = snapshot.Summary.AddedInBytes,
                ["bytes_stored"] = snapshot.Summary.StoredInBytes,
                ["errors"] = snapshot.Summary.Errors,
            },
            ["copied_from"] = origin,
        };
    }
}
