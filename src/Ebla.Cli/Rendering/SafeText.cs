using System.Text;
using Ebla.Primitives;

namespace Ebla.Cli.Rendering;

/// <summary>Text from a repository. Whoever wrote it may be hostile: it must not reach a terminal as it is.</summary>
internal static class SafeText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>With everything that acts on a terminal, or shows nothing, as <c>\xHH</c>.</summary>
    public static string ForTerminal(string text) => ByteName.FromText(text).ToString();

    /// <summary>The exact text where it is UTF-8 (JSON does its own escaping), otherwise as for a terminal.</summary>
    public static string ForJson(ByteName name)
    {
        try
        {
            return Strict.GetString(name.Span);
        }
        catch (DecoderFallbackException)
        {
            return name.ToString();
        }
    }

    /// <summary>The name of a value as it stands in JSON: IndexSegment as index_segment.</summary>
    public static string ToSnakeCase(string name) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
