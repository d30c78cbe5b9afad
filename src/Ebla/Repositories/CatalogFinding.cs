using Ebla.Primitives;

namespace Ebla.Repositories;

/// <summary>An object of the catalog that could not be read.</summary>
public sealed record CatalogFinding(ObjectName Name, string Message);
