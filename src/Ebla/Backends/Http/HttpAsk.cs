using System.Buffers;

namespace Ebla.Backends.Http;

/// <summary>What is asked of a web server.</summary>
/// <param name="Method">GET, PUT, PROPFIND ...</param>
/// <param name="Path">Below the place; already escaped.</param>
/// <param name="Purpose">Completes "cannot ...", for messages.</param>
internal sealed record HttpAsk(HttpMethod Method, string Path, string Purpose)
{
    /// <summary>The body, if there is one.</summary>
    public ReadOnlySequence<byte>? Content { get; init; }

    public string ContentType { get; init; } = "application/octet-stream";

    /// <summary>The first and the last byte wanted; null: all.</summary>
    public (long First, long Last)? Range { get; init; }

    /// <summary>Further headers.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];
}
