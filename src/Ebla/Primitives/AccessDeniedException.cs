namespace Ebla.Primitives;

/// <summary>
/// The store does not let us in, or we do not trust it: wrong credentials, no permission, an unknown or changed host key, a bad
/// certificate; or the key at hand may not do what was asked. Trying again does not help.
/// </summary>
public sealed class AccessDeniedException(string message, Exception? inner = null) : EblaException(message, inner);
