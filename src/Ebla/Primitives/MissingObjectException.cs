namespace Ebla.Primitives;

/// <summary>An object or blob that something refers to is not in the repository.</summary>
public sealed class MissingObjectException(string message, Exception? inner = null) : EblaException(message, inner);
