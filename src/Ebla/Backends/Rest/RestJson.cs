using System.Text.Json.Serialization;

namespace Ebla.Backends.Rest;

/// <summary>The documents of the protocol.</summary>
[JsonSerializable(typeof(RestListItem))]
[JsonSerializable(typeof(string))]
internal sealed partial class RestJson : JsonSerializerContext;
