using System.Text.Json.Serialization;

namespace Ebla.Backends.Rest;

/// <summary>One object in a listing of version 2.</summary>
internal sealed record RestListItem
{
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("size")]
    public long? Size { get; init; }
}
