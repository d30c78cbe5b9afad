using Ebla.Cli.Rendering;
using Ebla.Operations.Restores;
using Ebla.Primitives;

namespace Ebla.Cli.Reports;

/// <summary>One element of <c>steps</c> in what <c>restore --dry-run --json</c> prints.</summary>
internal sealed record RestoreStepReport
{
    /// <summary>make, replace, keep, leave or delete.</summary>
    public required string Action { get; init; }

    public required string Path { get; init; }

    /// <summary>The exact bytes of a path that is not UTF-8; null for all others.</summary>
    public required string? PathBase64 { get; init; }

    public static RestoreStepReport Of(RestoreStep planned)
    {
        string path = SafeText.ForJson(planned.Path);
        return new RestoreStepReport
        {
            Action = SafeText.ToSnakeCase(planned.Action.ToString()),
            Path = path,
            PathBase64 = ByteName.FromText(path) == planned.Path ? null : Convert.ToBase64String(planned.Path.Span),
        };
    }
}
