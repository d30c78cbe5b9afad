namespace Ebla.Primitives;

/// <summary>Stored bytes are not what they should be: a hash, a signature, a length or a value is wrong.</summary>
public sealed class CorruptDataException(string message, Exception? inner = null) : EblaException(message, inner);
