namespace Ebla.Primitives;

/// <summary>The session was declared over by a pruner and its work cannot be committed as it is.</summary>
public sealed class FencedException(string message, Exception? inner = null) : EblaException(message, inner);
