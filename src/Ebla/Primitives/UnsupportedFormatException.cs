namespace Ebla.Primitives;

/// <summary>The data is of a version, or needs a feature, that this program does not know.</summary>
public sealed class UnsupportedFormatException(string message, Exception? inner = null) : EblaException(message, inner);
