using Ebla.Primitives;

namespace Ebla.Operations.Listing;

/// <summary>A directory that could not be listed whole.</summary>
/// <param name="Path">The directory; empty for what concerns the whole repository.</param>
/// <param name="Message">Why.</param>
public sealed record ListProblem(ByteName Path, string Message);
