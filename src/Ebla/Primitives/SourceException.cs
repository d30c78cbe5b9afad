namespace Ebla.Primitives;

/// <summary>Nothing of the source can be read.</summary>
public sealed class SourceException(string message, Exception? inner = null) : EblaException(message, inner);
