namespace Ebla.Primitives;

/// <summary>The text names no place where a repository could be, or an option of a back-end makes no sense.</summary>
public sealed class InvalidLocationException(string message) : EblaException(message);
