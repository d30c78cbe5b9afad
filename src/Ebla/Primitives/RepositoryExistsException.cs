namespace Ebla.Primitives;

/// <summary>A repository is already at the location.</summary>
public sealed class RepositoryExistsException(string message, Exception? inner = null) : EblaException(message, inner);
