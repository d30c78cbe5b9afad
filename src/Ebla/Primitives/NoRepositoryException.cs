namespace Ebla.Primitives;

/// <summary>There is no repository at the location.</summary>
public sealed class NoRepositoryException(string message, Exception? inner = null) : EblaException(message, inner);
