namespace Ebla.Primitives;

/// <summary>No snapshot, or more than one, fits the name given, or the path is not in it.</summary>
public sealed class SnapshotNotFoundException(string message, Exception? inner = null) : EblaException(message, inner);
