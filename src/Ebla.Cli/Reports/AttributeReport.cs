using Ebla.Cli.Rendering;
using Ebla.Primitives;

namespace Ebla.Cli.Reports;

/// <summary>One extended attribute in an element of what <c>ls --json</c> prints.</summary>
internal sealed record AttributeReport
{
    public required string Name { get; init; }

    /// <summary>Length of the value.</summary>
    public required int Bytes { get; init; }

    public static AttributeReport Of(ExtendedAttribute attribute) => new()
    {
        Name = SafeText.ForJson(attribute.Name),
        Bytes = attribute.Value.Length,
    };
}
