namespace Ebla.Primitives;

/// <summary>No key slot opens with the password or key file given.</summary>
public sealed class WrongKeyException(string message, Exception? inner = null) : EblaException(message, inner);
