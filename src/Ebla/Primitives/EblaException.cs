namespace Ebla.Primitives;

/// <summary>
/// The base of every failure that a caller may handle. The message says what happened, to what, and what to do.
/// </summary>
public abstract class EblaException(string message, Exception? inner = null) : Exception(message, inner);
