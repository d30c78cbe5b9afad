namespace Ebla.Primitives;

/// <summary>The target of a restore cannot be written.</summary>
public sealed class TargetException(string message, Exception? inner = null) : EblaException(message, inner);
